import {DataError} from '../../errors.js'
import {isObject, type JsonObject} from '../parse/field.js'

/** Reads what a test file holds, and says what is wrong where. @throws DataError */
export class Gate {
  /** @param where `routes.yaml, test 3 (jason)`. */
  constructor(private readonly where: string) {}

  fail(member: string, wrong: string): never {
    throw new DataError(`${member} ${wrong}`, this.where)
  }

  object(value: unknown, member: string): JsonObject {
    return isObject(value) ? value : this.fail(member, 'is no object')
  }

  /** An empty object where it is absent. */
  optionalObject(value: unknown, member: string): JsonObject {
    return value === undefined || value === null ? {} : this.object(value, member)
  }

  list(value: unknown, member: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.fail(member, 'is no list')
  }

  /** Text, or what YAML reads as a number or truth value and means as text. */
  text(value: unknown, member: string): string {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : this.fail(member, 'is no text')
  }

  /** A member by another name would expect or ask nothing, unseen. */
  onlyMembers(object: JsonObject, known: readonly string[], member: string): void {
    const stranger = Object.keys(object).find((name) => !known.includes(name))
    if (stranger !== undefined)
      this.fail(member, `has an unknown member "${stranger}"; it may have ${known.join(', ')}`)
  }
}
