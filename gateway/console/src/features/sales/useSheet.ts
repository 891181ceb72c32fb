import { ref } from "vue";
import { Problem } from "../../api/problems";

const KEPT_MS = 60_000;

/** A document on paper, handed to the browser to be kept or printed. */
export function useSheet() {
  const problem = ref<Problem | null>(null);
  const setting = ref(false);

  async function show(number: string, made: () => Promise<Blob>): Promise<void> {
    if (setting.value) return;
    setting.value = true;
    problem.value = null;
    try {
      const href = URL.createObjectURL(await made());
      const link = document.createElement("a");
      Object.assign(link, { href, download: `${number}.pdf` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      setting.value = false;
    }
  }
  return { problem, setting, show };
}
