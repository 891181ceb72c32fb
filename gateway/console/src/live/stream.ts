import { follow } from "../api/client";
import { type Message, Messages } from "./messages";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** The server says something every 20 seconds; a line that is silent for longer is dead, whatever it says itself. */
const SILENCE_MS = 45_000;

export interface Hearing {
  /** Where the stream was before, here or in another tab. */
  last: string;
  said(message: Message, last: string): void;
  /** Whether what is changed is heard right now. */
  hears(now: boolean): void;
}

/** Keep a stream open until it is ended; answers how. */
export function keepStream(hearing: Hearing): () => void {
  const ended = new AbortController();
  void keep(hearing, ended.signal);
  return () => ended.abort();
}

async function keep(hearing: Hearing, ended: AbortSignal): Promise<void> {
  const messages = new Messages(hearing.last);
  let pause = FIRST_PAUSE_MS;
  while (!ended.aborted) {
    const heard = await once(messages, hearing, ended).catch(() => false);
    if (ended.aborted) return;
    hearing.hears(false);
    pause = heard ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    // not all browsers of the house in the same moment
    await wait(pause * (0.5 + Math.random()), ended);
  }
}

/** One stream to its end; true if it was one. */
async function once(messages: Messages, hearing: Hearing, ended: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const stop = () => over.abort();
  ended.addEventListener("abort", stop);
  let timer = setTimeout(stop, SILENCE_MS);
  try {
    const response = await follow(messages.last, over.signal);
    if (!response?.body) return false;
    return await read(response.body);
  } finally {
    clearTimeout(timer);
    ended.removeEventListener("abort", stop);
    messages.cut();
  }

  async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<true> {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
      if (done) return true;
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
      hearing.hears(true);
      for (const message of messages.take(value)) hearing.said(message, messages.last);
    }
  }
}

function wait(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ended.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
