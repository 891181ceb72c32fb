import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import { type Arrival, linesOf } from "./model";

export interface TakenIn {
  customerId: string;
  vehicleId: string | null;
  /** Null where the role may register, and somebody else opens the repair order. */
  order: Schema["workshop.RepairOrder"] | null;
}

const withKey = (key: string) => ({ "Idempotency-Key": key });

/**
 * Take a car in: register who and what is new, then open the repair order.
 *
 * Each call has a key of its own, made of the form's: sent again after a cut it goes on where it broke,
 * and does nothing twice.
 */
export async function takeIn(arrival: Arrival, store: string, opens: boolean, key: string): Promise<TakenIn> {
  const { customerId, vehicleId } = arrival.customerId
    ? await withCar(arrival, key)
    : await registered(arrival, store, key);
  let order: TakenIn["order"] = null;
  if (opens) {
    if (!vehicleId) throw new Error("no car was chosen");
    order = await asked(
      api.POST("/repair-orders", {
        params: { header: withKey(`${key}-order`) },
        body: {
          customer_id: customerId,
          vehicle_id: vehicleId,
          store_id: store,
          km: Number(arrival.km),
          complaint: arrival.complaint.trim(),
          lines: linesOf(arrival),
        },
      }),
    );
  }
  void queries.invalidateQueries({ queryKey: ["customer", customerId] });
  void queries.invalidateQueries({ queryKey: ["lookup"] });
  return { customerId, vehicleId, order };
}

interface Pair {
  customerId: string;
  vehicleId: string | null;
}

async function withCar(arrival: Arrival, key: string): Promise<Pair> {
  if (!arrival.newVehicle) return { customerId: arrival.customerId, vehicleId: arrival.vehicleId };
  const { vin, model, plate, role } = arrival;
  const added = await asked(
    api.POST("/customers/{customer_id}/vehicles", {
      params: { path: { customer_id: arrival.customerId }, header: withKey(`${key}-car`) },
      body: { vin, model, plate: plate || null, role },
    }),
  );
  return { customerId: arrival.customerId, vehicleId: added.vehicle_id };
}

async function registered(arrival: Arrival, store: string, key: string): Promise<Pair> {
  const { vin, model, plate, role } = arrival;
  const answer = await asked(
    api.POST("/customers", {
      params: { header: withKey(`${key}-customer`) },
      body: {
        name: arrival.name.trim(),
        mobile: arrival.mobile.trim(),
        store_id: store,
        vehicle: vin ? { vin, model, plate: plate || null, role } : null,
        ...(arrival.notThem.trim() ? { force_new: true, reason: arrival.notThem.trim() } : {}),
      },
    }),
  );
  return { customerId: answer.customer_id, vehicleId: answer.vehicle_id };
}
