/** The page for people, which `scripts/build-page.js` makes of src/http/page. */
declare module '#page' {
  /** In it `METRICS_PATH` stands for the escaped path of the page of metrics, from the page's own. */
  export const html: string;
  /** `Content-Security-Policy` that lets its script and its style be, and nothing else. */
  export const policy: string;
}
