/** What is worth asking the look-up for, and how soon. Pure. */
const HAN = /[㐀-鿿]/;
const DIGIT_LENGTHS = new Set([4, 6, 7, 8, 11, 15, 17, 18]);
const SOON_MS = 30;
const WHILE_DIALLING_MS = 400;

/** As it is sent: full-width signs are half-width ones, blanks at the ends are gone. */
export function normalised(typed: string): string {
  return typed.normalize("NFKC").trim();
}

/**
 * Whether it can find somebody: two signs, or one that is Chinese; digits only at lengths that mean something.
 * Whoever is still typing a number asks nothing on the way: searches by numbers are rationed.
 */
export function isWorthAsking(text: string): boolean {
  const digits = text.replace(/[\s.-]/g, "");
  if (/^\d+$/.test(digits)) return DIGIT_LENGTHS.has(digits.length);
  return text.length >= 2 || HAN.test(text);
}

/** Milliseconds after the last key: four digits that a mobile number begins with may be its beginning. */
export function pauseBefore(text: string): number {
  return /^1[3-9]\d\d$/.test(text) ? WHILE_DIALLING_MS : SOON_MS;
}

/** What a text nobody was found by can be for a new record: a phone, a VIN, a plate or a name. */
export function carried(text: string): { mobile?: string; name?: string; plate?: string; vin?: string } {
  const bare = text.replace(/[\s.·-]/g, "");
  if (/^1[3-9]\d{9}$/.test(bare)) return { mobile: bare };
  if (/^\d*$/.test(bare)) return {};
  if (/^[A-HJ-NPR-Z0-9]{17}$/i.test(bare)) return { vin: bare.toUpperCase() };
  if (/^[㐀-鿿][A-Z][A-Z0-9]{5,6}$/i.test(bare)) return { plate: bare.toUpperCase() };
  return HAN.test(text) ? { name: text } : {};
}
