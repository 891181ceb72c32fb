/** How things are written on a screen: moments in the stores' time, money in yuan. Pure. */
const ZONE = "Asia/Shanghai";
const DAY_MS = 86_400_000;

const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short" });
const timeOf = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, timeStyle: "short" });

export function day(moment: string | null | undefined): string {
  return moment ? dayOf.format(new Date(moment)) : "";
}

export function time(moment: string | null | undefined): string {
  return moment ? timeOf.format(new Date(moment)) : "";
}

export function moment(value: string | null | undefined): string {
  return value ? `${day(value)} ${time(value)}` : "";
}

/** Whole days from one day to the other, as the calendar of the stores counts them. */
export function daysBetween(from: string, to: Date): number {
  return Math.round((Date.parse(dayOf.format(to)) - Date.parse(day(from))) / DAY_MS);
}

/** `今天 10:47`, `昨天 18:02`, `11-02 09:30`, `2025-11-02`: the nearer, the shorter. */
export function near(value: string, now: Date, words: { today: string; yesterday: string }): string {
  const days = daysBetween(value, now);
  if (days === 0) return `${words.today} ${time(value)}`;
  if (days === 1) return `${words.yesterday} ${time(value)}`;
  const whole = day(value);
  return whole.slice(0, 4) === dayOf.format(now).slice(0, 4) ? `${whole.slice(5)} ${time(value)}` : whole;
}

/** Fen as yuan: `¥1,234` or `¥1,234.50`; null is what the role may not see, and says so itself elsewhere. */
export function yuan(fen: number): string {
  const whole = fen % 100 === 0;
  const text = (Math.abs(fen) / 100).toLocaleString("en-US", {
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: 2,
  });
  return `${fen < 0 ? "-" : ""}¥${text}`;
}

/** Kilometres in groups of three, as people read them aloud. */
export function km(value: number): string {
  return `${value.toLocaleString("en-US")} km`;
}
