"""Small changes of Swift code, found in its text, and the text that holds many of them at once (see scripts/mutate).

Rests on how swift-format lays code out: an operator between spaces has two sides, a statement begins its line or its
block, a range has no spaces.
"""

import re
from dataclasses import dataclass

COMPARISON, ADDITION, MULTIPLICATION = "ComparisonPrecedence", "AdditionPrecedence", "MultiplicationPrecedence"


def binary(constraint, result="T"):
    return f"<T: {constraint}>(a: T, b: T) -> {result}"


INTEGERS = "<A: BinaryInteger, B: BinaryInteger>(a: A, b: B) -> "
ORDER = [binary("Comparable", "Bool"), INTEGERS + "Bool"]
NIL = "<T>(a: T?, b: _OptionalNilComparisonType) -> Bool"
TEXTS = "<A: StringProtocol, B: StringProtocol>(a: A, b: B) -> Bool"
EQUALITY = [binary("Equatable", "Bool"), INTEGERS + "Bool", TEXTS, NIL]
LOGIC = ["(a: Bool, b: @autoclosure () throws -> Bool) rethrows -> Bool"]
STRIDE = "<T: Strideable>(a: T, b: T) -> {}<T> where T.Stride: SignedInteger"

# Operator, what it is mistaken for, its precedence, and the types that this project uses it with: Swift's own
# operators have too many for a type to be found in reasonable time.
OPERATORS = {
    "<": (["<=", ">="], COMPARISON, ORDER),
    "<=": (["<", ">"], COMPARISON, ORDER),
    ">": ([">=", "<="], COMPARISON, ORDER),
    ">=": ([">", "<"], COMPARISON, ORDER),
    "==": (["!="], COMPARISON, EQUALITY),
    "!=": (["=="], COMPARISON, EQUALITY),
    "&&": (["||"], "LogicalConjunctionPrecedence", LOGIC),
    "||": (["&&"], "LogicalDisjunctionPrecedence", LOGIC),
    "+": (["-"], ADDITION, [binary("AdditiveArithmetic")]),
    "-": (["+"], ADDITION, [binary("AdditiveArithmetic")]),
    "&+": (["&-"], ADDITION, [binary("FixedWidthInteger")]),
    "&-": (["&+"], ADDITION, [binary("FixedWidthInteger")]),
    "|": (["&"], ADDITION, [binary("BinaryInteger")]),
    "^": (["&"], ADDITION, [binary("BinaryInteger")]),
    "&": (["|"], MULTIPLICATION, [binary("BinaryInteger")]),
    "*": (["/"], MULTIPLICATION, [binary("BinaryInteger"), binary("FloatingPoint")]),
    "/": (["*"], MULTIPLICATION, [binary("BinaryInteger"), binary("FloatingPoint")]),
    "%": (["*"], MULTIPLICATION, [binary("BinaryInteger")]),
    "<<": ([">>"], "BitwiseShiftPrecedence", [INTEGERS + "A"]),
    ">>": (["<<"], "BitwiseShiftPrecedence", [INTEGERS + "A"]),
    "+=": (["-="], "AssignmentPrecedence", ["<T: AdditiveArithmetic>(a: inout T, b: T)"]),
    "-=": (["+="], "AssignmentPrecedence", ["<T: AdditiveArithmetic>(a: inout T, b: T)"]),
    "&+=": (["&-="], "AssignmentPrecedence", ["<T: FixedWidthInteger>(a: inout T, b: T)"]),
    "|=": (["&="], "AssignmentPrecedence", ["<T: BinaryInteger>(a: inout T, b: T)"]),
    "&=": (["|="], "AssignmentPrecedence", ["<T: BinaryInteger>(a: inout T, b: T)"]),
    "..<": (["..."], "RangeFormationPrecedence", [STRIDE.format("Range")]),
    "...": (["..<"], "RangeFormationPrecedence", [STRIDE.format("ClosedRange")]),
    "!": (["nothing"], None, ["(a: Bool) -> Bool"]),
}
# What an operator does, where that is not `a operator b`.
MEANINGS = {
    "&&": "try a && b()",
    "||": "try a || b()",
    "!": "!a",
    "nothing": "a",
}
RANGES = {"..<": "a..<b.advanced(by: 1)", "...": "a...b.advanced(by: -1)"}

# One character names the operator of one place, so that sides, precedence and types are left to the compiler.
NAMES = [chr(c) for first, last in ((0x2190, 0x23FF), (0x2500, 0x2775), (0x2794, 0x2BFF)) for c in range(first, last)]

SUPPORT = """import Foundation

let __mutant = Int(ProcessInfo.processInfo.environment["ROOST_MUTANT"] ?? "") ?? 0

func __pick<T>(_ number: Int, _ changed: T, _ value: T) -> T { __mutant == number ? changed : value }
func __not(_ number: Int, _ condition: Bool) -> Bool { (__mutant == number) != condition }
func __passes(_ number: Int, _ condition: Bool) -> Bool { condition || __mutant == number }
func __absent<T>(_ number: Int, _ value: T?) -> T? { __mutant == number ? nil : value }
func __min<T: Comparable>(_ number: Int, _ a: T, _ b: T) -> T { __mutant == number ? max(a, b) : min(a, b) }
func __max<T: Comparable>(_ number: Int, _ a: T, _ b: T) -> T { __mutant == number ? min(a, b) : max(a, b) }
"""

TOKEN = re.compile(
    r"(?P<word>[A-Za-z_$][\w$]*|`\w+`)|(?P<number>0[xb][\da-fA-F_]+|\d[\d_]*(?:\.\d[\d_]*)?)"
    r"|(?P<op>\.\.[.<]|\?\?|->|[-+*/%<>=!&|^~]+|[?.])|(?P<mark>[{}()\[\],;:@#\\])"
)
QUOTE = re.compile(r'(#*)("""|")')
BRACKETS = {"(": ")", "[": "]", "{": "}"}
KEYWORDS = set(
    "let var func init deinit subscript case default if guard else switch for while repeat do catch defer import struct"
    " enum class actor extension protocol typealias static private fileprivate package public mutating nonmutating"
    " override final lazy weak unowned nonisolated indirect prefix operator where in is as some any".split()
)
ASSIGNMENTS = {"=", "+=", "-=", "*=", "&+=", "&-=", "|=", "&="}
# Lines without an expression; what nobody notices but by its speed, or what no input leads to.
NO_CODE = ("@", "#", "import ", "package import ", "where ")
UNSEEN = (".reserveCapacity(", "hasher.combine(", "minimumCapacity:", "precondition(")
LEAVING = {"return", "throw", "continue", "break"}


@dataclass(frozen=True)
class Mutant:
    """One change at one place: an operator that becomes another, or text around what is there."""

    number: int
    path: str
    line: int
    text: str
    change: str
    start: int
    end: int
    operator: str = ""
    around: tuple = ("", "")


@dataclass
class Token:
    kind: str
    text: str
    start: int
    end: int
    # The other bracket's index, if it is one.
    partner: int = -1


def end_of_string(text, quote):
    """Where the string ends whose opening quote was matched; what is interpolated belongs to it."""
    hashes, mark = quote.groups()
    at = quote.end()
    while not text.startswith(mark + hashes, at):
        if text.startswith("\\" + hashes + "(", at):
            depth, at = 1, at + len(hashes) + 2
            while depth:
                inner = QUOTE.match(text, at)
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at = end_of_string(text, inner) if inner else at + 1
        else:
            at += len(hashes) + 2 if text.startswith("\\" + hashes, at) else 1
    return at + len(mark + hashes)


def tokens_of(text):
    found, open_brackets, at = [], [], 0
    while at < len(text):
        quote = QUOTE.match(text, at)
        token = TOKEN.match(text, at)
        if text.startswith("//", at):
            at = text.find("\n", at)
        elif quote:
            end = end_of_string(text, quote)
            found.append(Token("string", text[at:end], at, end))
            at = end
        elif token:
            found.append(Token(token.lastgroup, token.group(), at, token.end()))
            at = token.end()
            if found[-1].text in BRACKETS:
                open_brackets.append(len(found) - 1)
            elif found[-1].text in BRACKETS.values():
                found[-1].partner = open_brackets.pop()
                found[found[-1].partner].partner = len(found) - 1
        else:
            at += 1
    return found


class Finder:
    """Goes through one file's tokens and keeps what may be changed."""

    def __init__(self, path, text, first_number):
        self.path, self.text, self.number = path, text, first_number
        self.tokens = tokens_of(text)
        self.lines = text.splitlines()
        self.found = []
        # What is declared without a value, so that its first assignment cannot be left out.
        self.declared = set(re.findall(r"^ *(?:\w+(?:\(set\))? )*(?:let|var) (\w+): [^={]+$", text, re.MULTILINE))
        # The blocks that a guard leaves by.
        self.exits = set()

    def all(self):
        for i, token in enumerate(self.tokens):
            before = self.tokens[i - 1].text if i else ""
            line = self.lines[self.line(token) - 1]
            if line.lstrip().startswith(NO_CODE) or any(word in line for word in UNSEEN) or before == "func":
                continue
            if token.kind == "op":
                self.operator(token)
                if token.text == "?" and self.is_spaced(token):
                    self.ternary(i)
                elif token.text == "??":
                    self.default(i)
            elif token.kind == "number" and before != ".":
                self.constant(token)
            elif token.text in ("true", "false") and before != "while":
                other = "false" if token.text == "true" else "true"
                self.around(token.start, token.end, f"{token.text} → {other}", f"__pick(#, {other}, ", ")")
            elif token.text in ("min", "max") and before != "." and self.text[token.end] == "(":
                other = "max" if token.text == "min" else "min"
                self.around(token.start, token.end + 1, f"{token.text} → {other}", "__", "#, ")
            elif token.text in ("if", "while", "guard") and before != "#":
                self.conditions(i)
            if self.begins_statement(i):
                self.statement(i)
        return self.found

    def line(self, token):
        return self.text.count("\n", 0, token.start) + 1

    def is_spaced(self, token):
        return self.text[token.start - 1].isspace() and self.text[token.end].isspace()

    def add(self, start, end, change, **how):
        line = self.text.count("\n", 0, start) + 1
        self.found.append(Mutant(self.number, self.path, line, self.lines[line - 1], change, start, end, **how))
        self.number += 1

    def around(self, start, end, change, opening, closing):
        number = str(self.number)
        self.add(start, end, change, around=(opening.replace("#", number), closing.replace("#", number)))

    def operator(self, token):
        if token.text not in OPERATORS:
            return
        before, after = self.text[token.start - 1], self.text[token.end]
        if token.text in RANGES:
            fits = not before.isspace() and before not in "([{," and (after.isalnum() or after in "($_")
        elif token.text == "!":
            fits = (before.isspace() or before in "([{") and (after.isalpha() or after in "($")
        else:
            fits = self.is_spaced(token)
        for other in OPERATORS[token.text][0] if fits else ():
            self.add(token.start, token.end, f"{token.text} → {other}", operator=other)

    def constant(self, token):
        text = token.text.replace("_", "")
        value = float(text) if "." in text else int(text, 0)
        for other in [value + 1, value - 1] if value >= 1 else [value + 1]:
            written = hex(other) if text.startswith("0x") else str(other)
            self.around(token.start, token.end, f"{token.text} → {written}", f"__pick(#, {written}, ", ")")

    def operand_before(self, i):
        """The tokens of a name, with what hangs on it, that ends right before an operator."""
        first = i
        while first and (first == i or self.tokens[first - 1].end == self.tokens[first].start):
            token = self.tokens[first - 1]
            is_other = token.kind == "op" and token.text not in (".", "?", "!")
            if is_other or token.text in BRACKETS or token.text in ",:;":
                break
            first = token.partner if token.text in BRACKETS.values() else first - 1
        return self.tokens[first - 1], self.tokens[first], self.tokens[i - 1]

    def ternary(self, i):
        before, start, end = self.operand_before(i)
        if start.kind == "word" and (before.kind != "op" or before.text in ("=", "&&", "||", "?", "??")):
            self.around(start.start, end.end, "condition → its contrary", "__not(#, ", ")")

    def default(self, i):
        _, start, end = self.operand_before(i)
        if start.kind == "word":
            self.around(start.start, end.end, "?? → its right side", "__absent(#, ", ")")

    def conditions(self, i):
        """Each clause of an if, a while or a guard by itself."""
        is_guard = self.tokens[i].text == "guard"
        first = at = i + 1
        while True:
            token = self.tokens[at]
            is_over = token.text == ("else" if is_guard else "{")
            if is_over or token.text == ",":
                self.clause(first, at, is_guard)
                first = at + 1
            if is_over:
                break
            at = token.partner + 1 if token.text in BRACKETS else at + 1
        if is_guard:
            self.exits.add(at + 1)

    def clause(self, first, end, is_guard):
        tokens = self.tokens[first:end]
        if tokens[0].text in ("let", "var", "case", "#", "await", "try", "true"):
            return
        start, end = tokens[0].start, tokens[-1].end
        if is_guard:
            self.around(start, end, "guard → passes", "__passes(#, ", ")")
        elif not any(t.text in OPERATORS and (self.is_spaced(t) or t.text == "!") for t in tokens):
            self.around(start, end, "condition → its contrary", "__not(#, ", ")")

    def begins_statement(self, i):
        token = self.tokens[i]
        if token.kind != "word" or token.text in KEYWORDS or i == 0:
            return False
        before = self.tokens[i - 1]
        if before.text in ("{", ";"):
            return not self.names_parameters(i)
        if before.text == "in" and self.line(before) < self.line(token):
            return True
        label = self.lines[self.line(before) - 1].split()
        if before.text == ":":
            return token.text != "break" and bool(label) and label[0] in ("case", "default")
        return self.line(before) < self.line(token) and not self.goes_on(before, token)

    def names_parameters(self, i):
        """Whether a closure begins with its parameters."""
        while self.tokens[i].text in (",", "_") or self.tokens[i].kind == "word":
            if self.tokens[i].text == "in":
                return True
            i += 1
        return False

    @staticmethod
    def goes_on(before, after):
        """Whether two tokens on two lines belong to one statement."""
        return (
            before.text in ("(", "[", ",", ".", ":", "=", "else", "in", "&&", "||", "return")
            or after.text in (")", "]", ",", ":", "?", "else", "catch", "{", "where")
            or after.kind == "op"
        )

    def statement(self, i):
        at, assigns = i, False
        while True:
            token = self.tokens[at]
            assigns = assigns or token.text in ASSIGNMENTS and self.is_spaced(token)
            at = token.partner if token.text in BRACKETS else at
            last, after = self.tokens[at], self.tokens[at + 1]
            if after.text in ("}", ";") or self.line(last) < self.line(after) and not self.goes_on(last, after):
                break
            if after.text in (")", "]", ","):
                return
            at += 1
        block = max((j for j in range(i) if self.tokens[j].text == "{" and self.tokens[j].partner > i), default=-1)
        if assigns and self.is_first_assignment(i, at):
            return
        leaves = self.tokens[i].text in LEAVING
        if leaves and (block in self.exits or at + 1 == self.tokens[block].partner and self.is_function(block)):
            return
        if leaves or assigns or self.tokens[at].text in (")", "}"):
            self.around(self.tokens[i].start, self.tokens[at].end, "statement → nothing", "if __mutant != # { ", " }")

    def is_first_assignment(self, i, last):
        names = {t.text for t in self.tokens[i:last] if t.kind == "word"} & self.declared
        around = (j for j in range(i) if self.tokens[j].text == "{" and self.tokens[j].partner > i)
        in_init = any("init" in re.split(r"\W", self.lines[self.line(self.tokens[j]) - 1]) for j in around)
        is_whole = self.tokens[i].text == "self" and self.tokens[i + 1].text == "="
        return in_init and is_whole or bool(names) and (self.tokens[i].text != "self" or in_init)

    def is_function(self, block):
        words = self.lines[self.line(self.tokens[block]) - 1].split()
        return "func" in words or "->" in words


def mutants_in(path, text, first_number):
    return Finder(path, text, first_number).all()


class Schema:
    """The text that holds many mutants, each of them off until its number is in the environment."""

    def __init__(self, mutants):
        self.places = {}
        for mutant in mutants:
            self.places.setdefault((mutant.path, mutant.start, mutant.end, bool(mutant.operator)), []).append(mutant)
        operators = [place for place in self.places if place[3]]
        if len(operators) > len(NAMES):
            raise ValueError(f"there are {len(operators)} operators, and names for {len(NAMES)}")
        self.names = dict(zip(operators, NAMES))

    def apply(self, path, text):
        """The text of a file with its mutants, line for line."""
        pieces = []
        for place, mutants in self.places.items():
            if place[0] != path:
                continue
            _, start, end, is_operator = place
            if is_operator:
                pieces.append((start, 2, 0, end, self.names[place]))
                continue
            for mutant in mutants:
                # At one position: what ends there, the inner first; then what begins there, the outer first.
                pieces.append((start, 1, -end, start, mutant.around[0]))
                pieces.append((end, 0, -start, end, mutant.around[1]))
        parts, at = [], 0
        for start, _, _, end, piece in sorted(pieces, key=lambda piece: piece[:3]):
            parts += [text[at:start], piece]
            at = end
        return "".join([*parts, text[at:]])

    def declarations(self):
        return "\n".join([SUPPORT, *(self.declaration(place, name) for place, name in self.names.items())])

    def declaration(self, place, name):
        mutants = self.places[place]
        operator, other = mutants[0].change.split(" → ")
        _, precedence, signatures = OPERATORS[operator]
        meaning = MEANINGS.get(operator, f"a {operator} b")
        for mutant in mutants:
            other = RANGES.get(operator) or MEANINGS.get(mutant.operator, f"a {mutant.operator} b")
            if precedence == "AssignmentPrecedence":
                meaning = f"if __mutant == {mutant.number} {{ {other} }} else {{ {meaning} }}"
            else:
                meaning = f"__mutant == {mutant.number} ? {other} : {meaning}"
        meaning = re.sub(r"^(.*)\btry\b", r"try \1try", meaning) if "try" in meaning else meaning
        fixity = "infix" if precedence else "prefix"
        lines = [f"{fixity} operator {name}" + (f": {precedence}" if precedence else "")]
        for index, signature in enumerate(signatures):
            disfavored = "@_disfavoredOverload " if index else ""
            prefix = "" if precedence else "prefix "
            lines.append(f"{disfavored}{prefix}func {name} {signature} {{ {meaning} }}")
        return "\n".join(lines)
