/** What is typed of a price, and what is asked of it: the form that quotes, orders and amendments share. Pure. */

export const MORE_KINDS = ["option", "accessory", "service", "insurance", "fee", "gift"] as const;
export type LineKind = "car" | (typeof MORE_KINDS)[number];

/** An amount in yuan as a control has it; empty while nothing was typed. */
type Yuan = number | "";

export interface LineTyped {
  kind: LineKind;
  description: string;
  list: Yuan;
  discount: Yuan;
}

export interface PriceTyped {
  /** Which car of the catalogue; empty where its name is typed. */
  definition_id: string;
  model: string;
  /** The car's first. */
  lines: LineTyped[];
  total: Yuan;
  draft: boolean;
  reason: string;
}

export interface LineAsked {
  kind: LineKind;
  description: string;
  list_fen: number;
  discount_fen: number;
}

export interface PriceAsked {
  model: string;
  definition_id: string | null;
  total_fen: number;
  lines: LineAsked[];
}

export function blankLine(kind: LineKind): LineTyped {
  return { kind, description: "", list: "", discount: "" };
}

export function blankPrice(): PriceTyped {
  return { definition_id: "", model: "", lines: [blankLine("car")], total: "", draft: false, reason: "" };
}

/** What is offered or stands already, to be typed over; what was taken off the whole is in its total. */
export function typedOf(
  known: { model: string; definition_id: string | null; total_fen: number | null },
  lines: readonly { kind: LineKind; description: string; list_fen: number | null }[],
): PriceTyped {
  const carFirst = [...lines].sort((one, other) => Number(other.kind === "car") - Number(one.kind === "car"));
  return {
    ...blankPrice(),
    definition_id: known.definition_id ?? "",
    model: known.model,
    lines: carFirst.map((line) => ({
      kind: line.kind,
      description: line.kind === "car" ? "" : line.description,
      list: line.list_fen === null ? "" : line.list_fen / 100,
      discount: "",
    })),
    total: known.total_fen === null ? "" : known.total_fen / 100,
  };
}

const fen = (yuan: Yuan) => Math.round(Number(yuan) * 100);

/** What the lines come to by themselves: gifts cost nothing. */
export function linesComeTo(lines: readonly LineTyped[]): number {
  return lines.reduce((sum, line) => (line.kind === "gift" ? sum : sum + fen(line.list) - fen(line.discount)), 0);
}

/** What is taken off the whole, in fen: what the lines come to above the agreed price. */
export function offTheWhole(typed: PriceTyped): number {
  if (typed.total === "" || typed.lines[0]?.list === "") return 0;
  return linesComeTo(typed.lines) - fen(typed.total);
}

/** As the server is asked: a car alone without a list price needs no line; beside others it costs what is left. */
export function asked(typed: PriceTyped): PriceAsked {
  const total_fen = fen(typed.total);
  const rest = total_fen - linesComeTo(typed.lines.slice(1));
  const lines = typed.lines.map((line, place) => ({
    kind: line.kind,
    description: place === 0 ? typed.model.trim() : line.description.trim(),
    list_fen: place === 0 && line.list === "" ? Math.max(0, rest) : fen(line.list),
    discount_fen: fen(line.discount),
  }));
  const alone = typed.lines.length === 1 && typed.lines[0]?.list === "";
  return {
    model: typed.model.trim(),
    definition_id: typed.definition_id || null,
    total_fen,
    lines: alone ? [] : lines,
  };
}
