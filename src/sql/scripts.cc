// SQL scripts: BEGIN … END and what stands in it.
#include <algorithm>

#include "sql/parser_impl.h"

namespace hanok::sql {

using Kind = plan::ScriptStatement::Kind;

namespace {

// Where a compound statement's body has come to: variables are declared before cursors, cursors
// before handlers, all before the other statements.
enum Stage { kVariables, kCursors, kHandlers, kStatements };

bool is_forbidden_label(const std::string& label) {
    return label == "builtin" || label == "session" || label == "system";
}

}  // namespace

Parser::ScriptNode Parser::script_node(Kind kind, size_t first) {
    auto node = std::make_shared<plan::ScriptStatement>();
    node->kind = kind;
    node->origin = c_.origin(first);
    return node;
}

// BEGIN … END. Its statements' parameter markers are the script's.
plan::CommandPtr Parser::script() {
    size_t first = c_.pos();
    auto named = named_parameters_;
    auto script = std::make_shared<plan::Script>();
    script->block = script_block("");
    named_parameters_.insert(named.begin(), named.end());
    return done(script, first);
}

bool Parser::at_script_end() const {
    return c_.at(Tok::kEnd) || c_.at_any({Kw::kEnd, Kw::kElse, Kw::kElseif, Kw::kWhen, Kw::kUntil});
}

plan::ScriptBody Parser::script_body() {
    plan::ScriptBody body;
    while (!at_script_end()) {
        body.push_back(script_statement());
        c_.expect(Tok::kSemicolon);
    }
    return body;
}

void Parser::begin_label(const std::string& label, bool is_loop, size_t first) {
    auto name = types::to_lower(label);
    if (!name.empty()) {
        if (is_forbidden_label(name)) {
            c_.fail(
                "LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN", {{"label", quote_identifier(name)}}, first);
        }
        for (const auto& open : script_labels_) {
            if (open.name == name) {
                c_.fail("LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS", {{"label", quote_identifier(name)}},
                    first);
            }
        }
    }
    script_labels_.push_back({name, is_loop});
}

void Parser::end_label(const std::string& label) {
    script_labels_.pop_back();
    if (!at_identifier() || at_script_end()) return;
    size_t place = c_.pos();
    std::string end = identifier();
    if (label.empty()) {
        c_.fail("END_LABEL_WITHOUT_BEGIN_LABEL", {{"endLabel", quote_identifier(end)}}, place);
    }
    if (!types::names_equal(label, end)) {
        c_.fail("LABELS_MISMATCH",
            {{"beginLabel", quote_identifier(label)}, {"endLabel", quote_identifier(end)}}, place);
    }
}

std::shared_ptr<const plan::ScriptStatement> Parser::script_statement() {
    DepthGuard guard(this);
    size_t first = c_.pos();
    if (at_identifier() && c_.at(Tok::kColon, 1)) return script_labelled(first);
    if (c_.at(Kw::kBegin)) return script_block("");
    if (c_.at(Kw::kIf)) return script_if();
    if (c_.at(Kw::kCase)) return script_case();
    if (c_.at(Kw::kFor)) return script_for("");
    if (c_.at_any({Kw::kWhile, Kw::kRepeat, Kw::kLoop})) return script_loop("");
    if (c_.at_any({Kw::kLeave, Kw::kIterate})) return script_jump();
    return script_single();
}

Parser::ScriptNode Parser::script_labelled(size_t first) {
    std::string label = identifier();
    c_.expect(Tok::kColon);
    bool is_loop = c_.at_any({Kw::kFor, Kw::kWhile, Kw::kRepeat, Kw::kLoop});
    if (!is_loop && !c_.at(Kw::kBegin)) c_.fail_syntax();
    if (c_.at(Tok::kDot)) {
        c_.fail("INVALID_LABEL_USAGE.QUALIFIED_LABEL_NAME", {{"labelName", label}}, first);
    }
    if (c_.at(Kw::kBegin)) return script_block(label);
    return c_.at(Kw::kFor) ? script_for(label) : script_loop(label);
}

Parser::ScriptNode Parser::script_block(const std::string& label) {
    size_t first = c_.pos();
    c_.expect(Kw::kBegin);
    auto block = script_node(Kind::kBlock, first);
    block->label = types::to_lower(label);
    begin_label(label, false, first);
    auto conditions = script_conditions_;
    int stage = kVariables;
    while (!at_script_end()) {
        if (c_.at(Kw::kDeclare)) {
            script_declaration(block.get(), &stage);
        } else {
            stage = kStatements;
            block->body.push_back(script_statement());
        }
        c_.expect(Tok::kSemicolon);
    }
    c_.expect(Kw::kEnd);
    script_conditions_ = std::move(conditions);
    end_label(label);
    return block;
}

void Parser::script_declaration(plan::ScriptStatement* block, int* stage) {
    size_t first = c_.pos();
    if (c_.at_any({Kw::kContinue, Kw::kExit}, 1) && c_.at(Kw::kHandler, 2)) {
        if (*stage == kStatements)
            c_.fail("INVALID_HANDLER_DECLARATION.WRONG_PLACE_OF_DECLARATION", {}, first);
        *stage = kHandlers;
        script_handler(block, first);
        return;
    }
    if (at_identifier(1) && c_.at(Kw::kCondition, 2)) {
        script_condition(first);
        return;
    }
    if (at_cursor_declaration()) {
        if (*stage > kCursors) c_.fail("INVALID_CURSOR_DECLARATION", {}, first);
        *stage = kCursors;
        block->body.push_back(cursor_declaration());
        return;
    }
    auto node = script_node(Kind::kStatement, first);
    node->statement.command = declare_variable();
    const auto& declared = node->statement.command->as<plan::DeclareVariable>();
    for (const auto& name : declared.names) {
        ErrorParameters p{{"varName", quote_identifier(name)}};
        if (*stage != kVariables)
            c_.fail("INVALID_VARIABLE_DECLARATION.ONLY_AT_BEGINNING", p, first);
        if (name.size() != 1)
            c_.fail("INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE", p, first);
        if (declared.or_replace)
            c_.fail("INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE", p, first);
    }
    block->body.push_back(std::move(node));
}

// DECLARE name CONDITION [FOR SQLSTATE [VALUE] 'xxxxx']
void Parser::script_condition(size_t first) {
    c_.expect(Kw::kDeclare);
    std::string name = types::to_upper(identifier());
    c_.expect(Kw::kCondition);
    std::string state = "45000";
    if (c_.accept(Kw::kFor)) {
        c_.expect(Kw::kSqlstate);
        c_.accept(Kw::kValue);
        state = types::to_upper(string_literal());
    }
    if (!script_conditions_.emplace(name, state).second)
        c_.fail("DUPLICATE_CONDITION_IN_SCOPE", {{"condition", quote_identifier(name)}}, first);
}

void Parser::script_handler(plan::ScriptStatement* block, size_t first) {
    c_.expect(Kw::kDeclare);
    plan::ScriptHandler handler;
    handler.is_continue = c_.take().keyword == Kw::kContinue;
    c_.expect_words({Kw::kHandler, Kw::kFor});
    do {
        handler_conditions(&handler);
    } while (c_.accept(Tok::kComma));
    bool general = handler.any_exception || handler.not_found;
    if (general && (!handler.sqlstates.empty() || !handler.conditions.empty()))
        c_.fail("INVALID_HANDLER_DECLARATION.INVALID_CONDITION_COMBINATION", {}, first);
    for (const auto& other : block->handlers) {
        for (const auto& state : handler.sqlstates) {
            auto& taken = other.sqlstates;
            if (std::find(taken.begin(), taken.end(), state) != taken.end())
                c_.fail("DUPLICATE_EXCEPTION_HANDLER.SQLSTATE", {{"sqlState", state}}, first);
        }
        for (const auto& name : handler.conditions) {
            auto& taken = other.conditions;
            if (std::find(taken.begin(), taken.end(), name) != taken.end())
                c_.fail("DUPLICATE_EXCEPTION_HANDLER.CONDITION", {{"condition", name}}, first);
        }
        if ((handler.any_exception && other.any_exception) ||
            (handler.not_found && other.not_found)) {
            c_.fail("DUPLICATE_EXCEPTION_HANDLER.CONDITION",
                {{"condition", handler.any_exception ? "SQLEXCEPTION" : "NOT FOUND"}}, first);
        }
    }
    auto labels = std::move(script_labels_);
    script_labels_.clear();  // a handler cannot leave the statements around it
    auto begin = c_.pos();
    if (c_.at(Kw::kBegin)) {
        handler.body.push_back(script_block(""));
    } else if (c_.at(Kw::kSet)) {
        auto node = script_node(Kind::kStatement, begin);
        node->statement.command = script_set(begin);
        handler.body.push_back(std::move(node));
    } else {
        handler.body.push_back(script_single());
    }
    script_labels_ = std::move(labels);
    block->handlers.push_back(std::move(handler));
}

void Parser::handler_conditions(plan::ScriptHandler* handler) {
    size_t place = c_.pos();
    if (c_.accept(Kw::kSqlexception)) {
        handler->any_exception = true;
    } else if (c_.accept_words({Kw::kNot, Kw::kFound})) {
        handler->not_found = true;
    } else if (c_.accept(Kw::kSqlstate)) {
        c_.accept(Kw::kValue);
        auto state = types::to_upper(string_literal());
        for (const auto& other : handler->sqlstates) {
            if (other == state) {
                c_.fail("INVALID_HANDLER_DECLARATION.DUPLICATE_SQLSTATE_IN_HANDLER_DECLARATION",
                    {{"sqlState", state}}, place);
            }
        }
        handler->sqlstates.push_back(std::move(state));
    } else {
        std::string name;
        for (const auto& part : multipart_identifier())
            name += (name.empty() ? "" : ".") + types::to_upper(part);
        auto declared = script_conditions_.find(name);
        if (declared != script_conditions_.end()) {
            handler->sqlstates.push_back(declared->second);
            return;
        }
        if (sqlstate_of(name).empty()) {
            c_.fail(
                "INVALID_HANDLER_DECLARATION.CONDITION_NOT_FOUND", {{"condition", name}}, place);
        }
        for (const auto& other : handler->conditions) {
            if (other == name) {
                c_.fail("INVALID_HANDLER_DECLARATION.DUPLICATE_CONDITION_IN_HANDLER_DECLARATION",
                    {{"condition", name}}, place);
            }
        }
        handler->conditions.push_back(std::move(name));
    }
}

Parser::ScriptNode Parser::script_if() {
    auto node = script_node(Kind::kIf, c_.pos());
    c_.expect(Kw::kIf);
    do {
        plan::ScriptBranch branch;
        branch.condition = expression();
        c_.expect(Kw::kThen);
        branch.body = script_body();
        node->branches.push_back(std::move(branch));
    } while (c_.accept(Kw::kElseif));
    if (c_.accept(Kw::kElse)) node->otherwise = script_body();
    c_.expect_words({Kw::kEnd, Kw::kIf});
    return node;
}

Parser::ScriptNode Parser::script_case() {
    auto node = script_node(Kind::kIf, c_.pos());
    c_.expect(Kw::kCase);
    ExprPtr subject = c_.at(Kw::kWhen) ? nullptr : expression();
    do {
        c_.expect(Kw::kWhen);
        size_t place = c_.pos();
        plan::ScriptBranch branch;
        branch.condition = expression();
        if (subject) branch.condition = call_node("=", {subject, branch.condition}, place);
        c_.expect(Kw::kThen);
        branch.body = script_body();
        node->branches.push_back(std::move(branch));
    } while (c_.at(Kw::kWhen));
    if (c_.accept(Kw::kElse)) node->otherwise = script_body();
    c_.expect_words({Kw::kEnd, Kw::kCase});
    return node;
}

// WHILE, REPEAT and LOOP.
Parser::ScriptNode Parser::script_loop(const std::string& label) {
    size_t first = c_.pos();
    Kw keyword = c_.take().keyword;
    auto kind = keyword == Kw::kWhile    ? Kind::kWhile
                : keyword == Kw::kRepeat ? Kind::kRepeat
                                         : Kind::kLoop;
    auto node = script_node(kind, first);
    node->label = types::to_lower(label);
    begin_label(label, true, first);
    if (kind == Kind::kWhile) {
        node->condition = expression();
        c_.expect(Kw::kDo);
    }
    node->body = script_body();
    if (kind == Kind::kRepeat) {
        c_.expect(Kw::kUntil);
        node->condition = expression();
    }
    c_.expect_words({Kw::kEnd, keyword});
    end_label(label);
    return node;
}

// FOR [variable AS] query DO … END FOR
Parser::ScriptNode Parser::script_for(const std::string& label) {
    size_t first = c_.pos();
    c_.expect(Kw::kFor);
    auto node = script_node(Kind::kFor, first);
    node->label = types::to_lower(label);
    begin_label(label, true, first);
    if (at_identifier() && c_.at(Kw::kAs, 1)) {
        node->variable = types::to_lower(identifier());
        c_.expect(Kw::kAs);
    }
    begin_label(node->variable, false, first);
    do_follows_ = true;
    node->query = query();
    do_follows_ = false;
    c_.expect(Kw::kDo);
    node->body = script_body();
    c_.expect_words({Kw::kEnd, Kw::kFor});
    script_labels_.pop_back();
    end_label(label);
    return node;
}

Parser::ScriptNode Parser::script_jump() {
    size_t first = c_.pos();
    bool leave = c_.take().keyword == Kw::kLeave;
    auto node = script_node(leave ? Kind::kLeave : Kind::kIterate, first);
    Name name = multipart_identifier();
    if (name.size() != 1) {
        c_.fail("INVALID_LABEL_USAGE.QUALIFIED_LABEL_NAME",
            {{"labelName", types::to_upper(quote_if_needed(name))}}, first);
    }
    node->label = types::to_lower(name[0]);
    ErrorParameters p{{"labelName", types::to_upper(name[0])}};
    for (const auto& open : script_labels_) {
        if (open.name != node->label) continue;
        if (!leave && !open.is_loop) c_.fail("INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND", p, first);
        return node;
    }
    p["statementType"] = leave ? "LEAVE" : "ITERATE";
    c_.fail("INVALID_LABEL_USAGE.DOES_NOT_EXIST", p, first);
}

// One ordinary statement. SET assigns variables here, never configuration.
Parser::ScriptNode Parser::script_single() {
    size_t first = c_.pos();
    if (at_cursor_statement()) return cursor_statement();
    auto node = script_node(Kind::kStatement, first);
    if (c_.at(Kw::kDeclare)) {
        auto declared = declare_variable();
        c_.fail("INVALID_VARIABLE_DECLARATION.NOT_ALLOWED_IN_SCOPE",
            {{"varName", quote_identifier(declared->as<plan::DeclareVariable>().names[0])}}, first);
    }
    if (c_.at(Kw::kSet)) {
        node->statement.command = script_set(first);
        return node;
    }
    auto named = named_parameters_;
    node->statement = statement();
    if (node->statement.positional_parameters > 0)
        c_.fail("UNSUPPORTED_FEATURE.SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS", {}, first);
    named_parameters_ = std::move(named);
    named_parameters_.insert(
        node->statement.named_parameters.begin(), node->statement.named_parameters.end());
    if (node->statement.command &&
        node->statement.command->kind == plan::CommandKind::kDropVariable)
        c_.fail("UNSUPPORTED_FEATURE.SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE", {}, first);
    return node;
}

plan::CommandPtr Parser::script_set(size_t first) {
    c_.expect(Kw::kSet);
    if (c_.at_any({Kw::kVariable, Kw::kVar}) && (at_identifier(1) || c_.at(Tok::kLeftParen, 1)))
        c_.take();
    return variable_assignments(first);
}

}  // namespace hanok::sql
