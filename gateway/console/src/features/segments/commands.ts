import { api, asked } from "../../api/client";
import { queries } from "../../queries";
import type { Predicate } from "./model";
import { EXPORTS, type Export, SEGMENTS, type Segment } from "./queries";

const withKey = (key: string) => ({ header: { "Idempotency-Key": key } });

export async function save(name: string, predicate: Predicate, key: string): Promise<Segment> {
  const saved = await asked(api.POST("/segments", { params: withKey(key), body: { name, predicate } }));
  void queries.invalidateQueries({ queryKey: SEGMENTS });
  return saved;
}

export async function askExport(
  segment: string,
  body: { format: Export["format"]; reason: string },
  key: string,
): Promise<Export> {
  const made = await asked(
    api.POST("/segments/{segment_id}/exports", {
      params: { path: { segment_id: segment }, ...withKey(key) },
      body,
    }),
  );
  void queries.invalidateQueries({ queryKey: EXPORTS });
  return made;
}

async function decided(call: Promise<unknown>): Promise<void> {
  await call;
  void queries.invalidateQueries({ queryKey: EXPORTS });
}

export const approve = (one: Export, key: string) =>
  decided(
    asked(
      api.POST("/exports/{export_id}/approve", { params: { path: { export_id: one.export_id }, ...withKey(key) } }),
    ),
  );

export const refuse = (one: Export, reason: string, key: string) =>
  decided(
    asked(
      api.POST("/exports/{export_id}/refuse", {
        params: { path: { export_id: one.export_id }, ...withKey(key) },
        body: { reason },
      }),
    ),
  );

/** The file, saved under a name of the segment's; that it was taken is in the access log. */
export async function download(one: Export): Promise<void> {
  const file = (await asked(
    api.GET("/exports/{export_id}/file", { params: { path: { export_id: one.export_id } }, parseAs: "blob" }),
  )) as unknown as Blob;
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: `${one.export_id}.${one.format}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
