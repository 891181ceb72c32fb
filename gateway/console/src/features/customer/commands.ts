import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import type { Change, RelationSaid } from "./model";
import { ofCustomer, type RelationKind, type VehicleShown } from "./queries";

/** Change what is given of a record as it was looked at (`etag`). Throws `Problem`, 412 where it is newer by now. */
export async function update(id: string, change: Change, etag: string | null, key: string) {
  const header = { "Idempotency-Key": key, ...(etag ? { "If-Match": etag } : {}) };
  const answer = await asked(
    api.PATCH("/customers/{customer_id}", { params: { path: { customer_id: id }, header }, body: change }),
  );
  await queries.invalidateQueries({ queryKey: ofCustomer(id) });
  return answer;
}

export interface Asked {
  kind: "copy" | "correction" | "erasure";
  how: string;
}

/** He asks for a copy of his data, a correction or their erasure; answers by when that is due. */
export async function takeDown(id: string, body: Asked, key: string): Promise<string> {
  const params = { path: { customer_id: id }, header: { "Idempotency-Key": key } };
  const taken = await asked(api.POST("/customers/{customer_id}/privacy-requests", { params, body }));
  void queries.invalidateQueries({ queryKey: [...ofCustomer(id), "privacy-requests"] });
  void queries.invalidateQueries({ queryKey: ["privacy"] });
  return taken.due_at;
}

const header = (key: string) => ({ "Idempotency-Key": key });
const asWell = (id: string) => queries.invalidateQueries({ queryKey: ofCustomer(id) });

type Role = "owner" | "user" | "bringer" | "payer" | "buyer" | "insured";

export interface NewVehicle {
  vin: string;
  model?: string;
  plate?: string;
  colour?: string;
  role: Role;
}

/** A car is his, in this role, from now on. */
export async function addVehicle(id: string, body: NewVehicle, key: string): Promise<void> {
  const params = { path: { customer_id: id }, header: header(key) };
  await asked(api.POST("/customers/{customer_id}/vehicles", { params, body }));
  await asWell(id);
}

/** A car that somebody else owned is his, found by its VIN. Throws `Problem`; null where we know no such car. */
export async function takeOver(id: string, vin: string, key: string): Promise<boolean> {
  const { vehicle } = await asked(api.GET("/customers/prefill", { params: { query: { vin } } }));
  if (!vehicle) return false;
  const params = { path: { vehicle_id: vehicle.vehicle_id }, header: header(key) };
  await asked(api.POST("/vehicles/{vehicle_id}/owner", { params, body: { customer_id: id } }));
  await asWell(id);
  return true;
}

/** His car has another plate from now on. */
export async function changePlate(
  id: string,
  vehicle: string,
  body: { plate: string; carried_over: boolean },
  key: string,
): Promise<void> {
  const params = { path: { vehicle_id: vehicle }, header: header(key) };
  await asked(api.POST("/vehicles/{vehicle_id}/plates", { params, body }));
  await asWell(id);
}

/** He has nothing to do with the car any more, in this role. */
export async function endRole(id: string, vehicle: VehicleShown, key: string): Promise<void> {
  const params = { path: { customer_id: id, vehicle_id: vehicle.vehicle_id }, header: header(key) };
  const body = { role: vehicle.role as Role };
  await asked(api.POST("/customers/{customer_id}/vehicles/{vehicle_id}/end", { params, body }));
  await asWell(id);
}

export interface NewDocument {
  type: Schema["customer.DocumentShown"]["type"];
  number: string;
  shelf: string;
  issued_on?: string;
}

/** A paper is in his bag, which stands in this store. */
export async function addDocument(id: string, store: string, body: NewDocument, key: string): Promise<void> {
  const params = { path: { customer_id: id }, header: header(key) };
  await asked(api.POST("/customers/{customer_id}/documents", { params, body: { ...body, store_id: store } }));
  await asWell(id);
}

/** A paper left his bag. */
export async function removeDocument(id: string, document: string, reason: string, key: string): Promise<void> {
  const params = { path: { customer_id: id, document_id: document }, header: header(key) };
  await asked(api.POST("/customers/{customer_id}/documents/{document_id}/remove", { params, body: { reason } }));
  await asWell(id);
}

type Consent = Schema["customer.ConsentShown"];

export interface NewConsent {
  purpose: Consent["purpose"];
  allowed: boolean;
  channel: Consent["channel"];
  basis: Consent["basis"];
  text_version?: string;
  evidence?: string;
}

/** He allowed something, or took it back. */
export async function recordConsent(id: string, body: NewConsent, key: string): Promise<void> {
  const params = { path: { customer_id: id }, header: header(key) };
  await asked(api.POST("/customers/{customer_id}/consents", { params, body }));
  await asWell(id);
}

/** Two belong together since a day, or today: what the one is to the other is told from the side that it is said of. */
export async function addRelation(
  id: string,
  other: string,
  said: RelationSaid,
  since: string | undefined,
  key: string,
): Promise<void> {
  const [whose, kind] = said.split(":") as ["his" | "theirs", RelationKind];
  const [of, to] = whose === "his" ? [id, other] : [other, id];
  const params = { path: { customer_id: of }, header: header(key) };
  await asked(api.POST("/customers/{customer_id}/relations", { params, body: { other_id: to, kind, since } }));
  await Promise.all([asWell(id), asWell(other)]);
}

/** Two do not belong together any more. */
export async function endRelation(id: string, relation: string, key: string): Promise<void> {
  const params = { path: { customer_id: id, relation_id: relation }, header: header(key) };
  await asked(api.POST("/customers/{customer_id}/relations/{relation_id}/end", { params, body: {} }));
  await asWell(id);
}

interface Booked {
  store_id: string;
  customer_id: string;
  vehicle_id: string;
  starts_at: string;
  work: string;
  minutes: number;
  kind: "general" | "body" | "paint";
}

export async function book(values: object, key: string): Promise<void> {
  const body = values as Booked;
  await asked(api.POST("/appointments", { params: { header: { "Idempotency-Key": key } }, body }));
  void queries.invalidateQueries({ queryKey: ["appointments"] });
  void queries.invalidateQueries({ queryKey: ["customer", body.customer_id] });
}
