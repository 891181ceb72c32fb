import { api, asked } from "../../api/client";
import { queries } from "../../queries";
import { parts } from "./model";
import { IMPORTS, type Import, importKey } from "./queries";

export interface Sending {
  file: File;
  department: Import["department"];
  store: string;
}

/**
 * Announce a file and send it in parts; `told` hears how many bytes are there.
 *
 * Sent again with the same key after a cut it is the same import, and its parts are the same.
 */
export async function send(what: Sending, key: string, told: (bytes: number) => void): Promise<Import> {
  const bytes = new Uint8Array(await what.file.arrayBuffer());
  // by our own means: the browser's are missing where the page came over plain HTTP
  const [{ sha256 }, { bytesToHex }] = await Promise.all([
    import("@noble/hashes/sha2.js"),
    import("@noble/hashes/utils.js"),
  ]);
  const announced = await asked(
    api.POST("/imports", {
      params: { header: { "Idempotency-Key": key } },
      body: {
        department: what.department,
        filename: what.file.name,
        size: bytes.length,
        sha256: bytesToHex(sha256(bytes)),
        store_id: what.store,
      },
    }),
  );
  let last = announced;
  for (const [index, part] of parts(bytes).entries()) {
    last = await asked(
      api.PUT("/imports/{import_id}/parts/{no}", {
        params: { path: { import_id: announced.import_id, no: index + 1 } },
        body: part as unknown as string,
        bodySerializer: (content) => content as unknown as BodyInit,
        headers: { "Content-Type": "application/octet-stream" },
      }),
    );
    told(last.received);
  }
  void queries.invalidateQueries({ queryKey: IMPORTS });
  return last;
}

export interface Starting {
  mapping: { column: number; field: string }[];
  /** Of a workbook, the worksheet that is read. */
  sheet: string;
}

export async function start(id: string, what: Starting, key: string): Promise<Import> {
  const started = await asked(
    api.POST("/imports/{import_id}/start", {
      params: { path: { import_id: id }, header: { "Idempotency-Key": key } },
      body: { mapping: what.mapping, ...(what.sheet ? { sheet: what.sheet } : {}) },
    }),
  );
  await queries.invalidateQueries({ queryKey: importKey(id), exact: true });
  return started;
}

export async function cancel(id: string, key: string): Promise<void> {
  await asked(
    api.POST("/imports/{import_id}/cancel", {
      params: { path: { import_id: id }, header: { "Idempotency-Key": key } },
    }),
  );
  void queries.invalidateQueries({ queryKey: importKey(id), exact: true });
  void queries.invalidateQueries({ queryKey: IMPORTS });
}

/** What it created and nobody has touched since goes; the rest says why it stays. */
export async function undo(id: string, key: string): Promise<void> {
  await asked(
    api.POST("/imports/{import_id}/undo", {
      params: { path: { import_id: id }, header: { "Idempotency-Key": key } },
    }),
  );
  for (const queryKey of [importKey(id), IMPORTS, ["customer"], ["lookup"]]) {
    void queries.invalidateQueries({ queryKey });
  }
}
