import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as TypeScript from '../../../.sst/platform/node_modules/typescript/lib/typescript.js'
import { platform, root } from '../paths.ts'
import type { SdkCall } from '../sdk-calls.ts'

/**
 * `sdk-calls.mts SERVICE…`: what services send to AWS, found in their code, as JSON by service. A walk from a handler's export over everything that it names. A method of
 * an object counts when something reached calls it, and stands for every implementation that was reached: a store that could
 * delete grants nothing to who only reads from it.
 */
function sdkCalls(services: readonly string[]): Record<string, SdkCall[]> {
  // The checker of TypeScript 5, which SST's platform brings, is a library; the project's own TypeScript is a program.
  const ts = createRequire(join(platform, 'package.json'))('typescript') as typeof TypeScript
  const entries = services.map((service) => join(root, `services/${service}/handler.ts`))
  const program = ts.createProgram(entries, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  })
  const checker = program.getTypeChecker()
  return Object.fromEntries(
    services.map((service, n) => [service, callsOf(ts, checker, program.getSourceFile(entries[n] ?? ''))]),
  )
}

function callsOf(ts: typeof TypeScript, checker: TypeScript.TypeChecker, entry?: TypeScript.SourceFile): SdkCall[] {
  type Node = TypeScript.Node
  const calls = new Map<string, SdkCall>()
  const walked = new Set<Node>()
  const waiting: Node[] = []
  /** Members of types that something reached uses, and what implements them. */
  const used = new Set<Node>()
  const implementations = new Map<Node, Node[]>()

  const isOurs = (node: Node) => {
    const { fileName, isDeclarationFile } = node.getSourceFile()
    return !isDeclarationFile && fileName.startsWith(root) && !fileName.includes('/node_modules/')
  }
  const reach = (node: Node | undefined) => {
    if (!node || walked.has(node) || !isOurs(node)) return
    walked.add(node)
    waiting.push(node)
  }
  const isLazy = (node: Node) =>
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    (ts.isVariableDeclaration(node) && node.initializer !== undefined && isFunction(node.initializer))
  const isFunction = (node: Node) => ts.isArrowFunction(node) || ts.isFunctionExpression(node)

  function use(member: TypeScript.Symbol | undefined) {
    for (const declaration of member?.declarations ?? []) {
      if (!isOurs(declaration)) continue
      if (ts.isMethodSignature(declaration) || ts.isPropertySignature(declaration)) {
        if (used.has(declaration)) continue
        used.add(declaration)
        for (const implementation of implementations.get(declaration) ?? []) reach(implementation)
      } else reach(declaration)
    }
  }

  function implement(member: TypeScript.Symbol, implementation: Node) {
    for (const declaration of member.declarations ?? []) {
      implementations.set(declaration, [...(implementations.get(declaration) ?? []), implementation])
      if (used.has(declaration)) reach(implementation)
    }
  }

  /** Inside an async function an object is one of its type or a promise of it. */
  const memberOf = (type: TypeScript.Type | undefined, name: string) =>
    (type?.isUnion() ? type.types : [type]).map((one) => one?.getProperty(name)).find((member) => member !== undefined)

  /** A function in an object of one of our types waits until somebody calls it by that type. */
  function visitObject(object: TypeScript.ObjectLiteralExpression) {
    const type = checker.getContextualType(object)
    for (const property of object.properties) {
      const name = property.name?.getText()
      const member = name === undefined ? undefined : memberOf(type, name)
      const isMember = member?.declarations?.some(
        (of) => isOurs(of) && (ts.isMethodSignature(of) || ts.isPropertySignature(of)),
      )
      const isCallable = member && checker.getTypeOfSymbol(member).getCallSignatures().length > 0
      if (member && isMember && isCallable) implement(member, property)
      else if (isMember || !ts.isMethodDeclaration(property)) visit(property)
    }
  }

  function visit(node: Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return
    if (isLazy(node) && !walked.has(node)) return
    if (ts.isObjectLiteralExpression(node)) {
      visitObject(node)
      return
    }
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) noteCommand(node)
    if (ts.isPropertyAccessExpression(node)) {
      use(checker.getSymbolAtLocation(node.name))
      visit(node.expression)
      return
    }
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const name = (node.propertyName ?? node.name).getText()
      use(checker.getTypeAtLocation(node.parent).getProperty(name))
    }
    if (ts.isShorthandPropertyAssignment(node)) reachSymbol(checker.getShorthandAssignmentValueSymbol(node))
    else if (ts.isIdentifier(node)) reachSymbol(checker.getSymbolAtLocation(node))
    ts.forEachChild(node, visit)
  }

  function reachSymbol(symbol: TypeScript.Symbol | undefined) {
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    for (const declaration of target?.declarations ?? []) {
      const reachable =
        ts.isFunctionDeclaration(declaration) ||
        ts.isVariableDeclaration(declaration) ||
        ts.isClassDeclaration(declaration)
      if (reachable) reach(declaration)
    }
  }

  /** `new GetTableCommand(…)`, `paginateGetTables(…)` */
  function noteCommand(node: TypeScript.NewExpression | TypeScript.CallExpression) {
    const symbol = checker.getSymbolAtLocation(node.expression)
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const from = target?.declarations?.[0]?.getSourceFile().fileName.match(/@aws-sdk\/client-([a-z0-9-]+)\//)?.[1]
    const found = target?.name.match(/^(?:(\w+)Command|paginate(\w+))$/)
    const command = found?.[1] ?? found?.[2]
    if (!from || !command) return
    const call = calls.get(`${from} ${command}`) ?? { client: from, command, fields: [] }
    for (const [, field] of node.getText().matchAll(/\b([A-Z]\w+):/g))
      if (field && !call.fields.includes(field)) call.fields.push(field)
    calls.set(`${from} ${command}`, call)
  }

  const exported = entry && checker.getSymbolAtLocation(entry)?.exports?.get(ts.escapeLeadingUnderscores('handler'))
  if (!exported) throw new Error(`services: ${entry?.fileName} exports no handler`)
  for (const declaration of exported.declarations ?? []) reach(declaration)
  for (let node = waiting.pop(); node; node = waiting.pop()) ts.forEachChild(node, visit)
  return [...calls.values()].sort((a, b) => (`${a.client} ${a.command}` < `${b.client} ${b.command}` ? -1 : 1))
}

console.log(JSON.stringify(sdkCalls(process.argv.slice(2))))
