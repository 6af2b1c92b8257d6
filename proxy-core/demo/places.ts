/** Cities that the demo model knows, how it finds them in a question, and the weather it believes in. Deterministic. */
const CITIES = [
  'Amsterdam', 'Athens', 'Auckland', 'Barcelona', 'Berlin', 'Boston', 'Cape Town', 'Chicago', 'Copenhagen', 'Dublin', 'Hamburg', 'Helsinki',
  'Istanbul', 'Kyoto', 'Lima', 'Lisbon', 'London', 'Los Angeles', 'Madrid', 'Melbourne', 'Mexico City', 'Milan', 'Montreal', 'Mumbai', 'Munich',
  'Nairobi', 'New York', 'Oslo', 'Paris', 'Prague', 'Reykjavik', 'Rome', 'San Francisco', 'Seattle', 'Seoul', 'Singapore', 'Stockholm',
  'Sydney', 'Tokyo', 'Toronto', 'Vancouver', 'Vienna', 'Warsaw', 'Zurich',
]; // prettier-ignore
const SKIES = ['clear skies', 'a few friendly clouds', 'light rain', 'a stiff breeze', 'morning fog', 'bright sunshine'];

/** In the order in which the text names them; a capitalised word after "in" or "for" counts as a city too. */
export function findCities(text: string): string[] {
  const known = CITIES.map((city) => ({ city, at: text.search(new RegExp(`\\b${city}\\b`, 'i')) })).filter(({ at }) => at >= 0);
  if (known.length > 0) return known.toSorted((a, b) => a.at - b.at).map(({ city }) => city);
  const guess = /\b(?:in|for|at|to)\s+([A-ZÀ-Þ][\p{L}'-]+(?:\s[A-ZÀ-Þ][\p{L}'-]+)?)/u.exec(text)?.[1];
  return guess === undefined ? [] : [guess];
}

export interface Weather {
  celsius: number;
  sky: string;
}

export function weatherOf(city: string): Weather {
  const seed = Array.from(city.toLowerCase()).reduce(
    (sum, letter, index) => (sum * 31 + (letter.codePointAt(0) ?? 0) * (index + 1)) % 9973,
    7,
  );
  return { celsius: 4 + (seed % 25), sky: SKIES[seed % SKIES.length] ?? 'clear skies' };
}

export function adviceFor(celsius: number): string {
  if (celsius >= 25) return 'Sunglasses, and something cold to drink.';
  if (celsius >= 17) return 'A light jacket is plenty.';
  if (celsius >= 9) return 'Take a real coat, just in case.';
  return 'Gloves, a scarf and no regrets.';
}
