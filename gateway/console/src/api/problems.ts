/** What went wrong, as a person is told it: the server's own words where it had any. */
export interface ProblemBody {
  code: string;
  title: string;
  detail: string;
  request_id: string;
  details?: Record<string, unknown>;
  errors?: Complaints;
  called?: Record<string, string>;
}
type Complaints = { [name: string]: string[] | Complaints };

/** Codes that are made here, where the server said nothing. */
export const UNREACHABLE = "UNREACHABLE";
const MAYBE_DONE = new Set([0, 502, 504]);
const WORTH_RETRYING = new Set([0, 502, 503, 504]);

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly details: Record<string, unknown>;
  /** Complaints by field: `lines.2.km`. */
  readonly fields: Record<string, string>;
  /** What the fields are called, in the person's language; `_` is no field. */
  readonly called: Record<string, string>;
  /** Seconds to wait, where the server named them. */
  readonly retryAfter: number;

  constructor(status: number, body: Partial<ProblemBody>, retryAfter = 0) {
    super(body.title ?? "");
    this.status = status;
    this.code = body.code ?? UNREACHABLE;
    this.requestId = body.request_id ?? "";
    this.details = body.details ?? {};
    this.fields = flat(body.errors ?? {});
    this.called = body.called ?? {};
    this.retryAfter = retryAfter;
    // a refusal of one field names it among its facts
    const field = this.details.field;
    if (typeof field === "string" && !(field in this.fields)) this.fields[field] = this.message;
  }

  /** The command may have been carried out all the same: only the same key tells. */
  get isUnsure(): boolean {
    return MAYBE_DONE.has(this.status);
  }

  get isWorthRetrying(): boolean {
    return WORTH_RETRYING.has(this.status);
  }
}

function flat(errors: Complaints, path = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, inner] of Object.entries(errors)) {
    const place = path ? `${path}.${name}` : name;
    if (Array.isArray(inner)) found[place] = inner.join(" ");
    else Object.assign(found, flat(inner, place));
  }
  return found;
}
