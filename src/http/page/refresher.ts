/** Calls again and again, never twice at once, and not while nobody looks. */
export class Refresher {
  readonly #refresh: () => Promise<void>;
  #everySeconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  /** Asked for while one was running. */
  #again = false;
  #paused = false;

  constructor(refresh: () => Promise<void>, everySeconds: number) {
    this.#refresh = refresh;
    this.#everySeconds = everySeconds;
    document.addEventListener('visibilitychange', () => this.#wake());
  }

  get paused(): boolean {
    return this.#paused;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#wake();
  }

  setInterval(everySeconds: number): void {
    this.#everySeconds = everySeconds;
    this.#wake();
  }

  /** Now, or as soon as the one that runs has ended. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      await this.#refresh();
    } finally {
      this.#running = false;
    }
    if (this.#again) {
      this.#again = false;
      await this.now();
      return;
    }
    this.#schedule();
  }

  #wake(): void {
    clearTimeout(this.#timer);
    if (this.#rests) return;
    void this.now();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#rests) return;
    this.#timer = setTimeout(() => void this.now(), this.#everySeconds * 1000);
  }

  get #rests(): boolean {
    return this.#paused || document.hidden;
  }
}
