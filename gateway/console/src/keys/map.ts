/** Every key of the console, as data: what listens, what `?` lists and what the palette shows are the same table. */
export interface Key {
  /** As pressed: `Ctrl+KeyK`, `Slash`, `KeyG KeyH` (one after the other). By place on the keyboard, whatever its layout. */
  press: string;
  /** As written on a screen. */
  shown: string;
  /** Its words, in the i18n files below `keys.`. */
  does: string;
  /** Also while somebody types. */
  typing?: boolean;
}

export const KEYS = {
  search: { press: "Ctrl+KeyK", shown: "Ctrl K", does: "search", typing: true },
  searchSlash: { press: "Slash", shown: "/", does: "search" },
  help: { press: "Shift+Slash", shown: "?", does: "help" },
  theme: { press: "Ctrl+Backslash", shown: "Ctrl \\", does: "theme", typing: true },
  submit: { press: "Ctrl+Enter", shown: "Ctrl ⏎", does: "submit", typing: true },
  edit: { press: "KeyE", shown: "E", does: "edit" },
  reveal: { press: "KeyV", shown: "V", does: "reveal" },
  addToFolder: { press: "KeyA", shown: "A", does: "addToFolder" },
  view: { press: "Digit*", shown: "1 … 9", does: "view" },
  saveView: { press: "Ctrl+KeyS", shown: "Ctrl S", does: "saveView", typing: true },
  exception: { press: "Digit*", shown: "1 … 9", does: "exception" },
  tab: { press: "Digit*", shown: "1 … 9 0", does: "tab" },
  takeIn: { press: "KeyN", shown: "N", does: "takeIn" },
  next: { press: "KeyJ", shown: "J", does: "next" },
  previous: { press: "KeyK", shown: "K", does: "previous" },
  down: { press: "ArrowDown", shown: "↓", does: "next" },
  up: { press: "ArrowUp", shown: "↑", does: "previous" },
  mark: { press: "KeyX", shown: "X", does: "mark" },
  markTo: { press: "Shift+KeyX", shown: "⇧ X", does: "markTo" },
  filter: { press: "KeyF", shown: "F", does: "filter" },
  right: { press: "ArrowRight", shown: "→", does: "across" },
  left: { press: "ArrowLeft", shown: "←", does: "across" },
  step: { press: "Space", shown: "Space", does: "step" },
  dispatch: { press: "KeyD", shown: "D", does: "dispatch" },
  pass: { press: "KeyY", shown: "Y", does: "pass" },
  rework: { press: "KeyR", shown: "R", does: "rework" },
  renewPromise: { press: "KeyP", shown: "P", does: "renewPromise" },
  agreeMore: { press: "KeyO", shown: "O", does: "agreeMore" },
  addLine: { press: "KeyA", shown: "A", does: "addLine" },
  wait: { press: "KeyW", shown: "W", does: "wait" },
  wash: { press: "KeyW", shown: "W", does: "wash" },
  mine: { press: "KeyM", shown: "M", does: "mine" },
  score: { press: "Digit*", shown: "1 … 9 0", does: "score" },
  take: { press: "KeyT", shown: "T", does: "take" },
  handOver: { press: "KeyU", shown: "U", does: "handOver" },
  undo: { press: "KeyZ", shown: "Z", does: "undo" },
  same: { press: "KeyS", shown: "S", does: "same" },
  notSame: { press: "KeyX", shown: "X", does: "notSame" },
  related: { press: "KeyR", shown: "R", does: "related" },
  pay: { press: "KeyF", shown: "F", does: "pay" },
  settle: { press: "KeyS", shown: "S", does: "settle" },
  cancelOrder: { press: "KeyX", shown: "X", does: "cancelOrder" },
  goHome: { press: "KeyG KeyH", shown: "G H", does: "goHome" },
  goReception: { press: "KeyG KeyR", shown: "G R", does: "goReception" },
  goBoard: { press: "KeyG KeyB", shown: "G B", does: "goBoard" },
  goRepairOrders: { press: "KeyG KeyW", shown: "G W", does: "goRepairOrders" },
  goVisits: { press: "KeyG KeyV", shown: "G V", does: "goVisits" },
  goTasks: { press: "KeyG KeyT", shown: "G T", does: "goTasks" },
  goDuplicates: { press: "KeyG KeyD", shown: "G D", does: "goDuplicates" },
  goImports: { press: "KeyG KeyI", shown: "G I", does: "goImports" },
  goOrders: { press: "KeyG KeyO", shown: "G O", does: "goOrders" },
  newOrder: { press: "KeyC KeyL", shown: "C L", does: "newOrder" },
  goQuotes: { press: "KeyG KeyQ", shown: "G Q", does: "goQuotes" },
  newQuote: { press: "KeyC KeyQ", shown: "C Q", does: "newQuote" },
  goStock: { press: "KeyG KeyK", shown: "G K", does: "goStock" },
  ownDay: { press: "KeyD", shown: "D", does: "ownDay" },
  receive: { press: "KeyC KeyV", shown: "C V", does: "receive" },
  goDeliveries: { press: "KeyG KeyJ", shown: "G J", does: "goDeliveries" },
  goFinance: { press: "KeyG KeyM", shown: "G M", does: "goFinance" },
  goApprovals: { press: "KeyG KeyP", shown: "G P", does: "goApprovals" },
  promise: { press: "KeyT", shown: "T", does: "promise" },
  goFigures: { press: "KeyG KeyF", shown: "G F", does: "goFigures" },
  goSegments: { press: "KeyG KeyE", shown: "G E", does: "goSegments" },
  goAdmin: { press: "KeyG KeyA", shown: "G A", does: "goAdmin" },
  goStore: { press: "KeyG KeyS", shown: "G S", does: "goStore" },
  newCustomer: { press: "KeyC KeyC", shown: "C C", does: "newCustomer" },
  newRepairOrder: { press: "KeyC KeyO", shown: "C O", does: "newRepairOrder" },
} as const satisfies Record<string, Key>;

export type KeyName = keyof typeof KEYS;
