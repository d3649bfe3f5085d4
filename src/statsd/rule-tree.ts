import { MAX_NAME_PARTS } from './limits.js';
import type { SampleKind } from './line.js';
import type { MappingRule } from './rule.js';

/** A rule that fits a name, and what its stars stood for. */
export interface Match {
  readonly rule: MappingRule;
  readonly stars: readonly string[];
}

interface Node {
  readonly literal: Map<string, Node>;
  star: Node | undefined;
  /** Least index of a rule that ends here or below. */
  first: number;
  readonly ends: { readonly index: number; readonly rule: MappingRule }[];
}

/**
 * Finds the first rule of a file that fits a name. Rules are a tree by the parts of their
 * patterns: a name costs the nodes on its ways through the tree, however many rules there are.
 */
export class RuleTree {
  readonly #root = newNode();

  constructor(rules: readonly MappingRule[]) {
    for (const [index, rule] of rules.entries()) this.#add(rule, index);
  }

  find(name: string, kind: SampleKind): Match | undefined {
    const parts = name.split('.', MAX_NAME_PARTS + 1);
    if (parts.length > MAX_NAME_PARTS) return undefined;
    const search = new Search(parts, kind);
    search.visit(this.#root, 0, []);
    return search.found;
  }

  #add(rule: MappingRule, index: number): void {
    let node = this.#root;
    node.first = Math.min(node.first, index);
    for (const part of rule.match) {
      let next = part === '*' ? node.star : node.literal.get(part);
      if (next === undefined) {
        next = newNode();
        if (part === '*') node.star = next;
        else node.literal.set(part, next);
      }
      node = next;
      node.first = Math.min(node.first, index);
    }
    node.ends.push({ index, rule });
  }
}

/** One name's way through the tree; leaves out what cannot come before what is found. */
class Search {
  found: Match | undefined;
  #best = Number.POSITIVE_INFINITY;
  readonly #parts: readonly string[];
  readonly #kind: SampleKind;

  constructor(parts: readonly string[], kind: SampleKind) {
    this.#parts = parts;
    this.#kind = kind;
  }

  visit(node: Node | undefined, depth: number, stars: readonly string[]): void {
    if (node === undefined || node.first >= this.#best) return;
    const part = this.#parts[depth];
    if (part === undefined) {
      this.#end(node, stars);
      return;
    }
    this.visit(node.literal.get(part), depth + 1, stars);
    this.visit(node.star, depth + 1, [...stars, part]);
  }

  #end({ ends }: Node, stars: readonly string[]): void {
    const kind = this.#kind;
    const end = ends.find(({ rule }) => rule.kind === undefined || rule.kind === kind);
    if (end === undefined || end.index >= this.#best) return;
    this.#best = end.index;
    this.found = { rule: end.rule, stars };
  }
}

function newNode(): Node {
  return { literal: new Map(), star: undefined, first: Number.POSITIVE_INFINITY, ends: [] };
}
