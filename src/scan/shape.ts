/**
 * What to keep of a value: all of it, or an object's named members alone. Lists are passed through: a shape holds for each of their
 * items. Names are those of protobuf (`filter_chains`); their lowerCamelCase spelling is kept too, as found.
 */
export type Shape = true | {readonly [member: string]: Shape}
