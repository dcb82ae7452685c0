/** Names of objects and namespaces, as DNS labels joined by dots. */
export const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const NAME_LENGTH = 253;
export const NAME_MEANING = 'a name of lower-case letters, digits, - and . (at most 253)';

/** A name as IANA has it for services, in any letter case: pods name their ports so. */
export function isPortName(text: string): boolean {
	return text.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/i.test(text) && /[a-z]/i.test(text);
}

export const PORT_NAME_MEANING = 'at most 15 letters, digits and single -, a letter among them';
