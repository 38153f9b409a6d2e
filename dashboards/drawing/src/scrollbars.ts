// Stands for react-custom-scrollbars-2, whose default export esbuild does not find the way that Grafana's bundler does.
// @ts-expect-error It has no types at this path.
export { Scrollbars as default } from '../node_modules/react-custom-scrollbars-2/lib/index.js';
