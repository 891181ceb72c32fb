/** The tabs of one browser share a session: a new one asks the others, and leaving tells all. */
type Word = { ask: true } | { token: string; endsAt: string } | { left: true };

export interface Given {
  token: string;
  endsAt: string;
}

const ANSWER_MS = 200;
const channel = new BroadcastChannel("crm-session");

/** What another tab says within a moment, if there is one. */
export function askOthers(): Promise<Given | null> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent<Word>) => {
      if ("token" in event.data) finish({ token: event.data.token, endsAt: event.data.endsAt });
    };
    const finish = (given: Given | null) => {
      channel.removeEventListener("message", listen);
      clearTimeout(timer);
      resolve(given);
    };
    const timer = setTimeout(() => finish(null), ANSWER_MS);
    channel.addEventListener("message", listen);
    say({ ask: true });
  });
}

export function tellOthers(word: Given | "left"): void {
  say(word === "left" ? { left: true } : { token: word.token, endsAt: word.endsAt });
}

export function onOthers(told: { asked: () => Given | null; given: (given: Given) => void; left: () => void }): void {
  channel.addEventListener("message", (event: MessageEvent<Word>) => {
    const word = event.data;
    if ("left" in word) told.left();
    else if ("token" in word) told.given(word);
    else {
      const given = told.asked();
      // a copy: what the screen follows cannot be sent
      if (given) say({ token: given.token, endsAt: given.endsAt });
    }
  });
}

function say(word: Word): void {
  channel.postMessage(word);
}
