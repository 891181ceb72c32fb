/** One of the tabs of a browser does what need be done once; when it goes another one takes its place. */
const LEASE_MS = 6_000;
const TURN_MS = 2_000;

/**
 * Begin when this tab is the one, end when it is not any more. Answers how to give it up.
 *
 * Over plain HTTP there are no locks: a lease in the browser's storage does, and two may overlap for a moment.
 */
export function lead(name: string, begin: () => () => void): () => void {
  return "locks" in navigator ? byLock(name, begin) : byLease(name, begin);
}

function byLock(name: string, begin: () => () => void): () => void {
  const given = new AbortController();
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  navigator.locks
    .request(name, { signal: given.signal }, async () => {
      const end = begin();
      await left;
      end();
    })
    .catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    });
  return () => {
    given.abort();
    leave();
  };
}

export function byLease(name: string, begin: () => () => void): () => void {
  const me = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join("");
  let end: (() => void) | null = null;

  function turn(): void {
    const [holder, until] = (localStorage.getItem(name) ?? "").split(" ");
    const isFree = !holder || Number(until) < Date.now();
    if (holder === me || isFree) {
      localStorage.setItem(name, `${me} ${Date.now() + LEASE_MS}`);
      // of two who take it at once the second one has it, and the first one sees that at his next turn
      if (holder === me) end ??= begin();
    } else if (end) {
      end();
      end = null;
    }
  }

  function leave(): void {
    clearInterval(timer);
    removeEventListener("pagehide", leave);
    end?.();
    end = null;
    if ((localStorage.getItem(name) ?? "").startsWith(`${me} `)) localStorage.removeItem(name);
  }

  const timer = setInterval(turn, TURN_MS);
  addEventListener("pagehide", leave);
  turn();
  return leave;
}
