// A clock of whole microseconds in place of this process's own: timers take no time. `install` comes before the SDK's import.

const RealDate = globalThis.Date;
const real_turn = globalThis.setImmediate;
const real_timeout = globalThis.setTimeout;

export const clock = { now: 0, start_ms: 0 };
const timers = [];
let order = 0;

const milliseconds = () => clock.start_ms + Math.floor(clock.now / 1000);

class VirtualDate extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(milliseconds());
    else super(...given);
  }
  static now() {
    return milliseconds();
  }
}

export function at(moment, run) {
  const timer = { moment: Math.max(moment, clock.now), order: order++, run };
  let place = timers.length;
  while (place > 0 && later(timers[place - 1], timer)) place--;
  timers.splice(place, 0, timer);
  return timer;
}

export const sleep_until = (moment) => new Promise((resolve) => at(moment, resolve));

// The first to come is the last in the list.
const later = (a, b) => a.moment < b.moment || (a.moment === b.moment && a.order < b.order);

// A generator of its own, so that a seed gives the same on every machine (mulberry32).
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function install(start, seed) {
  clock.start_ms = RealDate.parse(start);
  globalThis.Date = VirtualDate;
  globalThis.setTimeout = (run, delay = 0, ...given) =>
    at(clock.now + Math.round(Math.max(0, Number(delay) || 0) * 1000), () => run(...given));
  globalThis.clearTimeout = (timer) => {
    const place = timers.indexOf(timer);
    if (place >= 0) timers.splice(place, 1);
  };
  Math.random = generator(seed);
}

const TURNS = 3; // what waits for no timer has been done by then
const PATIENCE = 5000; // turns of a millisecond, for modules that are being read

// The SDK reads some modules when it first wants them; until then no time passes, however busy the machine is.
const files_are_read = () => process.getActiveResourcesInfo().some((name) => /^(FSReq|FileHandle)/.test(name));

async function settle() {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => real_turn(resolve));
    if (files_are_read()) turn = -1;
  }
}

// Runs the timers until all the promises have been kept.
export async function run(promises) {
  let pending = promises.length;
  for (const promise of promises) promise.then(() => pending--);
  await settle();
  while (pending > 0) {
    for (let turn = 0; timers.length === 0 && pending > 0; turn++) {
      if (turn === PATIENCE) throw new Error("every task waits and no timer is set");
      await new Promise((resolve) => real_timeout(resolve, 1));
    }
    const timer = timers.pop();
    if (timer === undefined) return;
    clock.now = timer.moment;
    timer.run();
    await settle();
  }
}
