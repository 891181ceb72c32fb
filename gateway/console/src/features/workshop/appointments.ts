import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import type { Act } from "../../ui/act";
import { moment } from "../../ui/words";
import { APPOINTMENTS, type Appointment } from "./queries";

/** What is done with the book of a store's bays: each step of an appointment, and the bays themselves. */

export type Bay = Schema["workshop.Bay"];

async function changed(call: Promise<unknown>): Promise<void> {
  await call;
  void queries.invalidateQueries({ queryKey: APPOINTMENTS });
}

const to = (one: Appointment, key: string) => ({
  path: { appointment_id: one.appointment_id },
  header: { "Idempotency-Key": key, "If-Match": `"${one.version}"` },
});

/** Where each step begins, as the workshop's own table says it. */
const OUT_OF: Record<"arrive" | "confirm" | "move" | "cancel" | "excuse", readonly Appointment["state"][]> = {
  arrive: ["booked", "confirmed"],
  confirm: ["booked"],
  move: ["booked", "confirmed", "no_show"],
  cancel: ["booked", "confirmed", "arrived"],
  excuse: ["no_show"],
};

/** What may be done with an appointment where it stands. */
export function appointmentActs(one: Appointment): Act[] {
  const acts: Act[] = [
    {
      name: "arrive",
      label: "workshop.act.arrive",
      needs: "workshop.arrive_appointment",
      key: "step",
      main: true,
      send: (_, key) => changed(asked(api.POST("/appointments/{appointment_id}/arrive", { params: to(one, key) }))),
    },
    {
      name: "confirm",
      label: "workshop.act.confirmComing",
      needs: "workshop.confirm_appointment",
      key: "pass",
      send: (_, key) => changed(asked(api.POST("/appointments/{appointment_id}/confirm", { params: to(one, key) }))),
    },
    {
      name: "move",
      label: "workshop.act.moveAppointment",
      needs: "workshop.move_appointment",
      key: "promise",
      fields: [
        {
          name: "starts_at",
          label: "workshop.field.startsAt",
          kind: "moment",
          initial: moment(one.starts_at).replace(" ", "T"),
        },
      ],
      send: (values, key) =>
        changed(
          asked(
            api.POST("/appointments/{appointment_id}/move", {
              params: to(one, key),
              body: { starts_at: String(values.starts_at) },
            }),
          ),
        ),
    },
    {
      name: "cancel",
      label: "workshop.act.cancelAppointment",
      needs: "workshop.cancel_appointment",
      key: "cancelOrder",
      fields: [{ name: "reason", label: "workshop.field.why", kind: "text", max: 200 }],
      send: (values, key) =>
        changed(
          asked(
            api.POST("/appointments/{appointment_id}/cancel", {
              params: to(one, key),
              body: { reason: String(values.reason) },
            }),
          ),
        ),
    },
    {
      name: "excuse",
      label: "workshop.act.excuse",
      needs: "workshop.excuse_appointment",
      fields: [{ name: "reason", label: "workshop.field.why", kind: "text", max: 200 }],
      send: (values, key) =>
        changed(
          asked(
            api.POST("/appointments/{appointment_id}/excuse", {
              params: to(one, key),
              body: { reason: String(values.reason) },
            }),
          ),
        ),
    },
  ];
  return acts.filter((act) => OUT_OF[act.name as keyof typeof OUT_OF].includes(one.state));
}

const KINDS = ["general", "body", "paint"] as const;

/** A bay is added, or used no more. */
export const bayAct = (store: string, t: (key: string) => string): Act => ({
  name: "putBay",
  label: "workshop.act.putBay",
  needs: "workshop.put_bay",
  fields: [
    { name: "code", label: "workshop.field.bay", kind: "text", max: 20 },
    {
      name: "kind",
      label: "workshop.field.bayKind",
      kind: "choice",
      initial: "general",
      options: KINDS.map((value) => ({ value, label: t(`enums.bayKind.${value}`) })),
    },
    { name: "active", label: "workshop.field.bayActive", kind: "flag", initial: true },
  ],
  send: (values, key) =>
    changed(
      asked(
        api.POST("/bays", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            store_id: store,
            code: String(values.code),
            kind: values.kind as Bay["kind"],
            active: values.active === true,
          },
        }),
      ),
    ),
});

/** The bays that are used or booked on a day, each with who comes to it, by time. */
export function byBay(bays: readonly Bay[], items: readonly Appointment[]): { code: string; items: Appointment[] }[] {
  const named = new Set([...bays.filter((bay) => bay.active).map((bay) => bay.code), ...items.map((one) => one.bay)]);
  return [...named]
    .sort((one, other) => one.localeCompare(other, "zh", { numeric: true }))
    .map((code) => ({
      code,
      items: items
        .filter((one) => one.bay === code)
        .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at)),
    }));
}

/** So many days after a day. */
export function daysAfter(day: string, count: number): string {
  return new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
}
