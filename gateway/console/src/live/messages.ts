/** One message of the stream: a change, or that everything is to be asked again. */
export interface Message {
  event: string;
  data: string;
}

/** Server-sent events out of pieces of text, however they were cut; `last` is where the stream goes on after a cut. */
export class Messages {
  last: string;
  private rest = "";

  constructor(last = "") {
    this.last = last;
  }

  /** The line was cut: what came of a message is none, and comes again. */
  cut(): void {
    this.rest = "";
  }

  take(piece: string): Message[] {
    const blocks = (this.rest + piece).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => this.read(block));
  }

  private read(block: string): Message[] {
    const said = new Map<string, string>();
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      if (at > 0) said.set(line.slice(0, at), line.slice(at + 1).replace(/^ /, ""));
    }
    this.last = said.get("id") ?? this.last;
    const data = said.get("data");
    return data === undefined ? [] : [{ event: said.get("event") ?? "message", data }];
  }
}
