import { isPadding, type Field, type FieldType, type IntType, type StructLayout } from '../../lib/abi/layout.js';
import { describeType } from '../../lib/abi/layout-hash.js';
import { camel, pascal } from './names.js';

/** Arrays up to this length are tuples, read and written without a loop. */
const TUPLE_LENGTH = 4;

/** Interface, codec and offsets of one struct. */
export function emitStruct(struct: StructLayout): string {
	return [emitInterface(struct), emitCodec(struct), emitOffsets(struct)].join('\n\n');
}

function visible(struct: StructLayout): Field[] {
	return struct.fields.filter((field) => !isPadding(field));
}

function emitInterface(struct: StructLayout): string {
	const what = struct.section ? `Variables of section ${struct.name}` : `struct ${struct.name}`;
	const doc = [`${what}, ${struct.size} bytes.`, ...(struct.doc ? [struct.doc] : [])].join(' ');
	const fields = visible(struct).map((field) => `${fieldDoc(field)}\n${member(field)}: ${tsType(field.type)};`);
	return `/** ${doc} */\nexport interface ${pascal(struct.name)} {\n${fields.join('\n')}\n}`;
}

function member(field: Field): string {
	return `readonly ${camel(field.name)}`;
}

function fieldDoc(field: Field): string {
	const order = field.type.kind === 'int' && field.type.networkOrder ? ', network byte order in memory' : '';
	const where = `${describeType(field.type)} at ${field.offset}${order}.`;
	return `/** ${field.doc ? `${sentence(field.doc)} ` : ''}\`${where.replace(/^([^ ,]+(?: \w+)?) at/, '$1` at')} */`;
}

function sentence(doc: string): string {
	const text = doc.replace(/\benum (\w+)/g, (_, name: string) => `{@link ${pascal(name)}}`).replace(/\*\//g, '*\\/');
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

function tsType(type: FieldType): string {
	switch (type.kind) {
		case 'int':
			return type.size === 8 ? 'bigint' : 'number';
		case 'bytes':
			return 'Uint8Array';
		case 'struct':
			return pascal(type.name);
		case 'array':
			return isTuple(type)
				? `readonly [${Array.from({ length: type.length }, () => tsType(type.element)).join(', ')}]`
				: `readonly (${tsType(type.element)})[]`;
	}
}

function isTuple(type: FieldType): boolean {
	return type.kind === 'array' && type.length <= TUPLE_LENGTH;
}

function emitCodec(struct: StructLayout): string {
	const name = pascal(struct.name);
	const reads = visible(struct).map((field) => `${camel(field.name)}: ${readOf(field.type, at(field.offset))},`);
	const writes = struct.fields.map((field) =>
		isPadding(field)
			? `zero(view, ${at(field.offset)}, ${field.size});`
			: writeOf(field.type, at(field.offset), `value.${camel(field.name)}`, `${struct.name}.${field.name}`),
	);
	return [
		`export const ${camel(struct.name)}Codec: Codec<${name}> = codec({`,
		`name: '${struct.name}',`,
		`size: ${struct.size},`,
		`read: (view, offset) => ({\n${reads.join('\n')}\n}),`,
		`write(view, offset, value) {\n${[...gaps(struct), ...writes].join('\n')}\n},`,
		'});',
	].join('\n');
}

/** Only data sections have room between variables: cleared whole. */
function gaps(struct: StructLayout): string[] {
	return struct.section ? [`zero(view, offset, ${struct.size});`] : [];
}

function at(offset: number): string {
	return offset === 0 ? 'offset' : `offset + ${offset}`;
}

function accessor(type: IntType): string {
	const big = type.size === 8 ? 'Big' : '';
	return `${big}${type.signed ? 'Int' : 'Uint'}${type.size * 8}`;
}

function littleEndian(type: IntType): string {
	return type.size === 1 ? '' : `, ${String(!type.networkOrder)}`;
}

function elementSize(type: FieldType): string {
	switch (type.kind) {
		case 'int':
			return String(type.size);
		case 'bytes':
			return String(type.length);
		case 'array':
			return `${elementSize(type.element)} * ${type.length}`;
		case 'struct':
			return `${camel(type.name)}Codec.size`;
	}
}

function elementAt(type: FieldType, offset: string, index: string): string {
	return index === '0' ? offset : `${offset} + ${index} * ${elementSize(type)}`;
}

function readOf(type: FieldType, offset: string): string {
	switch (type.kind) {
		case 'int':
			return `view.get${accessor(type)}(${offset}${littleEndian(type)})`;
		case 'bytes':
			return `readBytes(view, ${offset}, ${type.length})`;
		case 'struct':
			return `${camel(type.name)}Codec.read(view, ${offset})`;
		case 'array': {
			const one = (index: string): string => readOf(type.element, elementAt(type.element, offset, index));
			if (!isTuple(type)) return `readArray(${type.length}, (index) => ${one('index')})`;
			return `[${Array.from({ length: type.length }, (_, index) => one(String(index))).join(', ')}]`;
		}
	}
}

function writeOf(type: FieldType, offset: string, value: string, field: string): string {
	switch (type.kind) {
		case 'int':
			return `view.set${accessor(type)}(${offset}, ${value}${littleEndian(type)});`;
		case 'bytes':
			return `writeBytes(view, ${offset}, ${type.length}, ${value}, '${field}');`;
		case 'struct':
			return `${camel(type.name)}Codec.write(view, ${offset}, ${value});`;
		case 'array': {
			const one = (index: string, element: string): string =>
				writeOf(type.element, elementAt(type.element, offset, index), element, field);
			if (!isTuple(type))
				return `writeArray(${value}, ${type.length}, '${field}', (index, one) => {\n${one('index', 'one')}\n});`;
			return Array.from({ length: type.length }, (_, index) => one(String(index), `${value}[${index}]`)).join('\n');
		}
	}
}

function emitOffsets(struct: StructLayout): string {
	const fields = visible(struct).map((field) => `${camel(field.name)}: ${field.offset},`);
	return `/** Where the fields begin, for readers that want one field only. */\nexport const ${camel(struct.name)}Offsets = {\n${fields.join('\n')}\n} as const;`;
}
