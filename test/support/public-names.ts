import ts from 'typescript';

/**
 * Names that somebody meets who uses what `entry` exports: of the exports themselves, and of all that their declarations name,
 * private members left out; as `package: name`, for names that our packages declare.
 */
export function publicNames(program: ts.Program, entry: string): Set<string> {
  const checker = program.getTypeChecker();
  const names = new Set<string>();
  const seen = new Set<ts.Symbol>();

  const visit = (found: ts.Symbol): void => {
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) {
      const at = /node_modules\/(@millrace\/[^/]+)\//.exec(declaration.getSourceFile().fileName)?.[1];
      if (at === undefined) return;
      if (ts.isSourceFile(declaration.parent?.parent ?? declaration.parent) || ts.isSourceFile(declaration.parent))
        names.add(`${at}: ${symbol.name}`);
      walk(declaration);
    }
  };
  const walk = (node: ts.Node): void => {
    if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return;
    if (ts.isTypeReferenceNode(node)) see(node.typeName);
    else if (ts.isExpressionWithTypeArguments(node)) see(node.expression);
    else if (ts.isTypeQueryNode(node)) see(node.exprName);
    node.forEachChild(walk);
  };
  const see = (node: ts.Node): void => {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol !== undefined) visit(symbol);
  };

  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!);
  for (const exported of checker.getExportsOfModule(module!)) visit(exported);
  return names;
}
