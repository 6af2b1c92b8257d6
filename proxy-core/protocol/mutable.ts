/**
 * What is read-only for others, as its maker sees it: a field that changes. Objects that are made for every request
 * have such fields instead of getters: an object literal with a getter gets a hidden class of its own from V8,
 * which lives until the next full collection, and with it everything that the getter can see.
 */
export type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
