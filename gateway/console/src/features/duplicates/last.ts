import { ref } from "vue";

/** The merge that was made last in this tab: it can be undone at once, while the next pair is looked at. */
export const lastMerge = ref<{ id: string; survivor: string; names: string } | null>(null);
