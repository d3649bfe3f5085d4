/** What `scripts/build-wasm.js` makes of src/merge/sums.wat. */
declare module '#sums' {
  /** The module of WebAssembly, in base64. */
  export const code: string;
}
