import { computed, type Ref, ref, watch } from "vue";
import { useSession } from "../session/session";
import { between, type Many } from "./many";

/** Rows of a list that are marked, to be acted on together; `may` says whether there is anything to do to them. */
export function useMarks<Row>(given: {
  rows: Ref<Row[]>;
  idOf: (row: Row) => string;
  many: () => readonly Many<Row>[];
}) {
  const session = useSession();
  const marked = ref<readonly string[]>([]);
  const failed = ref<Readonly<Record<string, string>>>({});
  const may = computed(() => given.many().some((each) => session.may(each.needs)));
  watch(given.rows, (found) => {
    const ids = found.map(given.idOf);
    marked.value = marked.value.filter((id) => ids.includes(id));
  });

  function mark(id: string): boolean {
    if (!may.value || !id) return false;
    marked.value = marked.value.includes(id) ? marked.value.filter((each) => each !== id) : [...marked.value, id];
    return true;
  }

  /** Everything from the row that was marked last to this one. */
  function markTo(id: string): boolean {
    if (!may.value || !id) return false;
    const more = between(given.rows.value.map(given.idOf), marked.value.at(-1) ?? "", id);
    marked.value = [...new Set([...marked.value, ...more])];
    return true;
  }

  return { marked, failed, may, mark, markTo };
}
