import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { queries } from "../queries";
import { useSession } from "../session/session";
import { lead } from "./leader";
import type { Message } from "./messages";
import { keepStream } from "./stream";
import { type Asks, type Change, isTouched, isTouchedLater } from "./touched";

/** Changes of one deed come together; those of a busy minute are gathered. */
const GATHER_MS = 60;
const AT_MOST_EVERY_MS = 1_000;
/** When other services have drawn their conclusions, in all but the worst of hours. */
const LATER_MS = 2_000;
const POLL_MS = 15_000;
const BEAT_MS = 5_000;
/** Of the tab that holds the stream; a tab that is not looked at is woken once a second, or once a minute. */
const SILENT_MS = 3 * BEAT_MS;

type Told = { said: Message; last: string } | { hears: boolean; last: string };
type Word = Told | { ask: true };

/** What is on the screen follows what others change: one tab of the browser holds the stream and tells the others. */
export const useLive = defineStore("live", () => {
  const session = useSession();
  /** False: nobody tells us, and what is on the screen is asked for from time to time instead. */
  const hears = ref(false);
  let heardAt = 0;
  let last = "";
  let waiting: Change[] = [];
  let askedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function begin(staffId: string): () => void {
    const channel = new BroadcastChannel(`crm-live-${staffId}`);
    let leads = false;
    const tell = (word: Told) => {
      channel.postMessage(word);
      hear(word);
    };
    const give = lead(`crm-live-${staffId}`, () => {
      leads = true;
      const end = keepStream({
        last,
        said: (said, position) => tell({ said, last: position }),
        hears: (now) => {
          if (now !== hears.value || Date.now() - heardAt > BEAT_MS) tell({ hears: now, last });
        },
      });
      const beat = setInterval(() => tell({ hears: hears.value, last }), BEAT_MS);
      return () => {
        leads = false;
        clearInterval(beat);
        end();
      };
    });
    channel.onmessage = (event: MessageEvent<Word>) => {
      if ("ask" in event.data) {
        if (leads) channel.postMessage({ hears: hears.value, last } satisfies Word);
      } else hear(event.data);
    };
    channel.postMessage({ ask: true } satisfies Word);
    const watching = setInterval(() => {
      if (Date.now() - heardAt > SILENT_MS) hears.value = false;
    }, BEAT_MS);
    const polling = setInterval(() => {
      if (!hears.value && document.visibilityState === "visible") again((asks) => asks !== undefined);
    }, POLL_MS);
    return () => {
      give();
      channel.close();
      clearInterval(watching);
      clearInterval(polling);
      clearTimeout(timer);
      hears.value = false;
      waiting = [];
      last = "";
    };
  }

  function hear(word: Told): void {
    heardAt = Date.now();
    last = word.last;
    if ("hears" in word) {
      hears.value = word.hears;
      return;
    }
    hears.value = true;
    if (word.said.event === "reset") setTimeout(() => again((asks) => asks !== undefined), Math.random() * 500);
    else if (word.said.event === "change") gather(JSON.parse(word.said.data) as Change);
  }

  function gather(change: Change): void {
    waiting.push(change);
    if (waiting.length > 1) return;
    const pause = Math.max(GATHER_MS, askedAt + AT_MOST_EVERY_MS - Date.now());
    timer = setTimeout(() => {
      const changes = waiting;
      waiting = [];
      askedAt = Date.now();
      again((asks) => isTouched(asks, changes));
      setTimeout(() => again((asks) => isTouchedLater(asks, changes)), LATER_MS);
    }, pause);
  }

  function again(touched: (asks: Asks | undefined) => boolean): void {
    const isSeen = document.visibilityState === "visible";
    void queries.invalidateQueries({
      predicate: (query) => touched(query.meta?.live),
      // what nobody looks at is asked for when somebody does
      refetchType: isSeen ? "active" : "none",
    });
  }

  let end: (() => void) | null = null;
  watch(
    () => (session.me && !session.expired ? session.me.staff_id : null),
    (staffId) => {
      end?.();
      end = staffId ? begin(staffId) : null;
    },
    { immediate: true },
  );

  return { hears };
});
