import customer from "./customer.json";
import enums from "./enums.json";
import keys from "./keys.json";
import lookup from "./lookup.json";
import purposes from "./purposes.gen.json";
import reception from "./reception.json";
import shell from "./shell.json";

export default { customer, enums, keys, lookup, purposes, reception, shell };
