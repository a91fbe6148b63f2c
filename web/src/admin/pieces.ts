// The same done about many cases: piece by piece, each sent once, until all are done, somebody stops it or it goes wrong.
import { sender } from '../api/use-command';

/** So many cases are taken at once; the server takes no more. */
const AT_ONCE = 50;

interface Sum<Trouble> {
  done: number;
  troubles: Trouble[];
}

/** What came of it. */
export interface Came<Trouble> extends Sum<Trouble> {
  /** So many were not sent, or nobody knows what came of them. */
  left: number;
  /** Why it ended before all were done, when nobody stopped it. */
  error?: unknown;
}

/** Work that can be stopped. It goes on where it ended: a piece without an answer is sent again as the same command. */
export class Pieces<Trouble> {
  readonly #cases: readonly string[];
  readonly #send: ReturnType<typeof sender<Sum<Trouble>, string[]>>;
  readonly #sum: Sum<Trouble> = { done: 0, troubles: [] };
  #piece: string[];
  #sent = 0;
  #begun = false;
  #stopped = false;

  constructor(cases: readonly string[], newCommand: () => string) {
    this.#cases = cases;
    this.#send = sender(newCommand);
    this.#piece = cases.slice(0, AT_ONCE);
  }

  /** Whether anything was sent. */
  get isBegun(): boolean {
    return this.#begun;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** After the piece that is under way no other one is sent. */
  stop(): void {
    this.#stopped = true;
  }

  /** An error only when nothing is done yet and somebody may try again. */
  async run(
    send: (command: string, some: string[]) => Promise<Sum<Trouble>>,
    tell: (sent: number) => void,
  ): Promise<Came<Trouble>> {
    this.#begun = true;
    while (this.#piece.length > 0 && !this.#stopped) {
      try {
        const { done, troubles } = await this.#send(send, this.#piece);
        this.#sum.done += done;
        this.#sum.troubles.push(...troubles);
      } catch (error) {
        if (this.#sent === 0 && !this.isStopped) throw error;
        return { ...this.#sum, left: this.#cases.length - this.#sent, error };
      }
      this.#sent += this.#piece.length;
      this.#piece = this.#cases.slice(this.#sent, this.#sent + AT_ONCE);
      tell(this.#sent);
    }
    return { ...this.#sum, left: this.#cases.length - this.#sent };
  }
}
