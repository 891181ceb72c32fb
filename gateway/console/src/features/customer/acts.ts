import { Problem } from "../../api/problems";
import type { Act, Field, Values } from "../../ui/act";
import * as commands from "./commands";
import type { VehicleShown } from "./queries";

/** What may be done to a customer's folder: his cars, his papers, what he allowed, who belongs to him. */

type Say = (key: string, named?: Record<string, unknown>) => string;

const choices = (of: string, values: readonly string[], t: Say) =>
  values.map((value) => ({ value, label: t(`enums.${of}.${value}`) }));

const ROLES = ["owner", "user", "bringer", "payer"] as const;
const DOCUMENTS = ["contract", "id_copy", "invoice", "registration", "insurance_policy", "other"] as const;
const PURPOSES = [
  "service_contract",
  "sales",
  "marketing",
  "survey",
  "profiling",
  "sensitive_data",
  "share_manufacturer",
  "share_insurer",
  "third_party",
] as const;
const CHANNELS = ["any", "call", "sms", "email", "letter"] as const;
const BASES = ["consent", "contract", "law"] as const;

export function onVehicles(id: string, t: Say): Act[] {
  const vin: Field = { name: "vin", label: "customer.vehicles.vin", kind: "text", max: 25 };
  return [
    {
      name: "addVehicle",
      label: "customer.act.addVehicle",
      needs: "customer.add_vehicle",
      key: "addToFolder",
      fields: [
        vin,
        { name: "model", label: "customer.vehicles.model", kind: "text", max: 80, optional: true },
        { name: "plate", label: "customer.vehicles.plate", kind: "text", max: 16, optional: true },
        { name: "colour", label: "customer.vehicles.colour", kind: "text", max: 40, optional: true },
        {
          ...{ name: "role", label: "customer.vehicles.role", kind: "choice", initial: "owner" },
          options: choices("vehicleRole", ROLES, t),
        },
      ],
      send: (values, key) => commands.addVehicle(id, values as unknown as commands.NewVehicle, key),
    },
    {
      name: "takeOver",
      label: "customer.act.takeOver",
      needs: "customer.change_owner",
      fields: [{ ...vin, hint: "customer.vehicles.takeOverHint" }],
      send: async (values, key) => {
        if (await commands.takeOver(id, String(values.vin), key)) return;
        throw new Problem(404, {
          code: "VEHICLE_NOT_FOUND",
          title: t("customer.vehicles.unknown"),
          details: { field: "vin" },
        });
      },
    },
  ];
}

const BAY_KINDS = ["general", "body", "paint"] as const;

/** He will come with this car: a bay is kept for him, as a rule at the next time that is free. */
export function booking(id: string, vehicle: VehicleShown, given: { store: string; next: string; t: Say }): Act {
  return {
    name: "book",
    label: "customer.act.book",
    of: vehicle.plate ?? vehicle.model,
    needs: "workshop.book_appointment",
    fields: [
      { name: "starts_at", label: "customer.booking.startsAt", kind: "moment", initial: given.next },
      { name: "work", label: "customer.booking.work", kind: "text", max: 300 },
      { name: "minutes", label: "customer.booking.minutes", kind: "number", initial: 60, min: 15, max: 600 },
      {
        name: "kind",
        label: "customer.booking.kind",
        kind: "choice",
        initial: "general",
        options: choices("bayKind", BAY_KINDS, given.t),
      },
    ],
    send: (values, key) =>
      commands.book({ ...values, customer_id: id, vehicle_id: vehicle.vehicle_id, store_id: given.store }, key),
  };
}

export function onVehicle(id: string, vehicle: VehicleShown, t: Say): Act[] {
  if (vehicle.until) return [];
  const named = { car: `${vehicle.plate ?? ""} ${vehicle.model}`.trim(), role: t(`enums.vehicleRole.${vehicle.role}`) };
  return [
    {
      name: "changePlate",
      label: "customer.act.changePlate",
      needs: "customer.change_plate",
      fields: [
        { name: "plate", label: "customer.vehicles.plate", kind: "text", max: 16 },
        { name: "carried_over", label: "customer.vehicles.carriedOver", kind: "flag" },
      ],
      send: (values, key) =>
        commands.changePlate(
          id,
          vehicle.vehicle_id,
          { plate: String(values.plate), carried_over: values.carried_over === true },
          key,
        ),
    },
    {
      name: "endRole",
      label: "customer.act.endRole",
      needs: "customer.end_role",
      ask: t("customer.vehicles.askEnd", named),
      send: (_, key) => commands.endRole(id, vehicle, key),
    },
  ];
}

export function onDocuments(id: string, store: string, t: Say): Act[] {
  return [
    {
      name: "addDocument",
      label: "customer.act.addDocument",
      needs: "customer.add_document",
      key: "addToFolder",
      fields: [
        {
          name: "type",
          label: "customer.documents.type",
          kind: "choice",
          options: choices("documentType", DOCUMENTS, t),
        },
        { name: "number", label: "customer.documents.number", kind: "text", max: 60, passing: true },
        { name: "shelf", label: "customer.documents.shelf", kind: "text", max: 60 },
        { name: "issued_on", label: "customer.documents.issued", kind: "date", optional: true },
      ],
      send: (values, key) => commands.addDocument(id, store, values as unknown as commands.NewDocument, key),
    },
  ];
}

export function onDocument(id: string, document: string): Act[] {
  return [
    {
      name: "removeDocument",
      label: "customer.act.removeDocument",
      needs: "customer.remove_document",
      fields: [{ name: "reason", label: "customer.documents.reason", kind: "text", max: 200 }],
      send: (values, key) => commands.removeDocument(id, document, String(values.reason), key),
    },
  ];
}

export function onConsents(id: string, t: Say): Act[] {
  const said: Field = {
    ...{ name: "allowed", label: "customer.consents.said", kind: "choice" },
    options: [
      { value: "yes", label: t("customer.consents.yes") },
      { value: "no", label: t("customer.consents.no") },
    ],
  };
  const consent = ({ allowed, ...rest }: Values) => ({ ...rest, allowed: allowed === "yes" });
  return [
    {
      name: "recordConsent",
      label: "customer.act.recordConsent",
      needs: "customer.record_consent",
      key: "addToFolder",
      fields: [
        {
          name: "purpose",
          label: "customer.consents.purpose",
          kind: "choice",
          options: choices("consentPurpose", PURPOSES, t),
        },
        said,
        {
          ...{ name: "channel", label: "customer.consents.channel", kind: "choice", initial: "any" },
          options: choices("consentChannel", CHANNELS, t),
        },
        {
          ...{ name: "basis", label: "customer.consents.basis", kind: "choice", initial: "consent" },
          options: choices("basis", BASES, t),
        },
        {
          ...{ name: "text_version", label: "customer.consents.text", kind: "text", max: 40, optional: true },
          hint: "customer.consents.textHint",
        },
        { name: "evidence", label: "customer.consents.evidence", kind: "text", max: 200, optional: true },
      ],
      send: (values, key) => commands.recordConsent(id, consent(values) as unknown as commands.NewConsent, key),
    },
  ];
}

export function onRelation(id: string, relation: { relation_id: string; name: string }, t: Say): Act[] {
  return [
    {
      name: "endRelation",
      label: "customer.act.endRelation",
      needs: "customer.end_relation",
      ask: t("customer.relations.askEnd", { name: relation.name }),
      send: (_, key) => commands.endRelation(id, relation.relation_id, key),
    },
  ];
}
