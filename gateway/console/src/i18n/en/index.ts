import admin from "./admin.json";
import customer from "./customer.json";
import duplicates from "./duplicates.json";
import enums from "./enums.json";
import figures from "./figures.json";
import followup from "./followup.json";
import imports from "./imports.json";
import jobs from "./jobs.gen.json";
import keys from "./keys.json";
import lookup from "./lookup.json";
import purposes from "./purposes.gen.json";
import reception from "./reception.json";
import reveal from "./reveal.json";
import sales from "./sales.json";
import segments from "./segments.json";
import shell from "./shell.json";
import workshop from "./workshop.json";

export default {
  admin,
  customer,
  duplicates,
  enums,
  figures,
  followup,
  imports,
  jobs,
  keys,
  lookup,
  purposes,
  reception,
  reveal,
  sales,
  segments,
  shell,
  workshop,
};
