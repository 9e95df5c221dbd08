import {DataError} from '../../errors.js'
import type {Json} from '../../views/table/field.js'
import {type ResourceName, type Sections, sectionType, type WholeName, whatToPass} from './sections.js'

/** The resources of one kind, of which there must be at least one. @throws DataError in istioctl's words */
export function required(sections: Sections, name: ResourceName, origin: string): Json[] {
  const resources = sections.resources[name]
  if (resources === undefined) throw missingSection(name, origin)
  if (resources.length === 0) throw new DataError(`no ${name} found`, origin)
  return resources
}

/** The last section of a type. @throws DataError when there is none */
export function requiredSection(sections: Sections, name: WholeName, origin: string): Json {
  const section = sections.whole[name]?.at(-1)
  if (section === undefined) throw missingSection(name, origin)
  return section
}

export const missingSection = (name: ResourceName | WholeName, origin: string): DataError =>
  new DataError(`config dump has no configuration type type.googleapis.com/${sectionType(name)}`, origin, whatToPass)
