export { install } from './install.js';
export { preload } from './preload.js';
