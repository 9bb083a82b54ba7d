import { apiVersionOf, type BodyOf, type KindDefinition, type KubeObject } from '@godwit/kinds';
import type { Entry } from '@godwit/store';
import { Document } from './document.ts';

/** The kind as which objects of `kind` are stored: itself, unless it is another form of one. */
export function storedKind(kind: KindDefinition): KindDefinition {
  return kind.form?.of ?? kind;
}

/** What the store holds under a key of `kind`, in the form of `kind`. */
export function documentOf(kind: KindDefinition, entry: Pick<Entry, 'body' | 'revision'>): Document {
  return inForm(kind, Document.of(entry));
}

/** A stored document in the form of `kind`: made when somebody asks for it, and kept by nobody. */
export function inForm(kind: KindDefinition, document: Document): Document {
  if (!kind.form) return document;
  return Document.derived(() => fromStored(kind, document.object)).at(document.revision);
}

/** A stored object in the form of `kind`. */
export function fromStored(kind: KindDefinition, stored: KubeObject): KubeObject {
  const { form } = kind;
  return form ? formed(kind, stored, form.conversion.read(bodyOf(stored))) : stored;
}

/** An object of `kind` as it is stored. `before`: what is stored now. */
export function toStored(kind: KindDefinition, object: KubeObject, before?: KubeObject): KubeObject {
  const { form } = kind;
  if (!form) return object;
  return formed(form.of, object, form.conversion.write(bodyOf(object), before && bodyOf(before)));
}

function formed(kind: KindDefinition, { metadata }: KubeObject, body: object): KubeObject {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { ...metadata }, ...body };
}

function bodyOf(object: KubeObject): BodyOf<KubeObject> {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = object;
  return body;
}
