/** What `scripts/build-wasm.js` makes of src/merge/add-four.wat. */
declare module '#add-four' {
  /** The module of WebAssembly, in base64. */
  export const code: string;
}
