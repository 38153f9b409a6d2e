// What does not fit its panel on a screen as narrow as ours: titles that are cut, tables that reach beyond.
export function cutOff(page: Element, say: (sentence: string) => void): void {
  for (const title of page.querySelectorAll<HTMLElement>('h2')) {
    if (title.scrollWidth > title.clientWidth) say(`${title.textContent}: the title is cut off`);
  }
  for (const panel of page.querySelectorAll<HTMLElement>('section')) {
    const title = panel.querySelector('h2')?.textContent ?? '';
    for (const table of panel.querySelectorAll<HTMLElement>('.scrollbar-view')) {
      if (panel.querySelector('[role="table"]') && table.scrollWidth > table.clientWidth + 1) say(`${title}: columns are cut off`);
    }
  }
}
