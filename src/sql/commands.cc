// Statements that are not queries: finding the right one, and the short ones.
#include "sql/parser_impl.h"

namespace hanok::sql {

plan::CommandPtr Parser::command() {
    DepthGuard guard(this);
    size_t first = c_.pos();
    switch (c_.peek().keyword) {
        case Kw::kCreate:
        case Kw::kReplace: return create_statement();
        case Kw::kAlter: return alter_statement();
        case Kw::kDrop: return drop_statement();
        case Kw::kTruncate: return truncate_table();
        case Kw::kInsert:
        case Kw::kDelete:
        case Kw::kUpdate:
        case Kw::kMerge: return data_change({}, false);
        case Kw::kShow: return show();
        case Kw::kDesc:
        case Kw::kDescribe: return describe();
        case Kw::kExplain: return explain();
        case Kw::kUse: return use();
        case Kw::kSet: return set();
        case Kw::kReset: return reset();
        case Kw::kComment: return comment_on();
        case Kw::kCache: return cache();
        case Kw::kUncache:
        case Kw::kClear: return uncache();
        case Kw::kRefresh: return refresh();
        case Kw::kAnalyze: return analyze_table();
        case Kw::kOptimize: return optimize();
        case Kw::kReorg: return c_.at(Tok::kEnd, 1) ? other_command(first) : reorg();
        case Kw::kConvert: return c_.at(Tok::kEnd, 1) ? other_command(first) : convert_to_delta();
        case Kw::kGenerate: return c_.at(Tok::kEnd, 1) ? other_command(first) : generate();
        case Kw::kVacuum: return vacuum();
        case Kw::kRestore: return restore();
        case Kw::kDeclare:
            return at_cursor_statement() ? lone_cursor_statement() : declare_variable();
        case Kw::kMsck:
        case Kw::kRepair: return repair_table();
        case Kw::kCall: return call_procedure();
        case Kw::kExecute: return execute_immediate();
        case Kw::kBegin: return script();
        default: return other_command(first);
    }
}

plan::CommandPtr Parser::other_command(size_t first) {
    struct Other {
        Kw keyword;
        const char* feature;
    };
    static constexpr Other kOthers[] = {
        {Kw::kGrant, "GRANT"},
        {Kw::kRevoke, "REVOKE"},
        {Kw::kLoad, "LOAD DATA"},
        {Kw::kExport, "EXPORT"},
        {Kw::kImport, "IMPORT"},
        {Kw::kLock, "LOCK"},
        {Kw::kUnlock, "UNLOCK"},
        {Kw::kCommit, "COMMIT"},
        {Kw::kRollback, "ROLLBACK"},
        {Kw::kDfs, "DFS"},
        {Kw::kStart, "START TRANSACTION"},
    };
    for (const auto& other : kOthers) {
        bool complete = c_.at_any({Kw::kCommit, Kw::kRollback}) || !c_.at(Tok::kEnd, 1);
        if (c_.at(other.keyword) && complete) return unsupported_statement(other.feature, first);
    }
    if (c_.at_any({Kw::kAdd, Kw::kList}) && at_identifier(1)) {
        std::string what = types::to_upper(std::string(c_.spelling(c_.peek(1))));
        return unsupported_statement(
            std::string(keyword_text(c_.peek().keyword)) + " " + what, first);
    }
    if (c_.at_text("UNDROP")) return unsupported_statement("UNDROP", first);
    if (c_.at_text("COPY") && c_.at(Kw::kInto, 1)) return unsupported_statement("COPY INTO", first);
    if (c_.at_text("DENY")) return unsupported_statement("DENY", first);
    if (at_cursor_statement()) return lone_cursor_statement();
    c_.fail_syntax();
}

plan::CommandPtr Parser::unsupported_statement(const std::string& feature, size_t first) {
    while (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon)) c_.take();
    auto u = std::make_shared<plan::Unsupported>();
    u->feature = feature;
    return done(u, first);
}

bool Parser::if_exists() { return c_.accept_words({Kw::kIf, Kw::kExists}); }
bool Parser::if_not_exists() {
    if (c_.at(Kw::kIf) && c_.at(Tok::kBang, 1) && c_.at(Kw::kExists, 2)) {
        c_.fail("SYNTAX_DISCONTINUED.BANG_EQUALS_NOT", {{"clause", "!"}}, c_.pos());
    }
    return c_.accept_words({Kw::kIf, Kw::kNot, Kw::kExists});
}

bool Parser::at_namespace_word(size_t ahead) const {
    return c_.at_any({Kw::kNamespace, Kw::kDatabase, Kw::kSchema}, ahead);
}

bool Parser::accept_namespace_word() {
    if (!at_namespace_word()) return false;
    c_.take();
    return true;
}

namespace {

// The text of string constants and of their concatenation.
std::optional<std::string> constant_text(const ExprPtr& e) {
    if (e->kind == plan::ExprKind::kLiteral) {
        const auto& literal = e->as<plan::Literal>();
        if (!literal.type->is_string() || literal.value.is_null()) return std::nullopt;
        return literal.value.as_string();
    }
    if (e->kind != plan::ExprKind::kFunction) return std::nullopt;
    const auto& call = e->as<plan::Function>();
    bool joins = call.name.size() == 1 &&
                 (call.name[0] == "||" || types::names_equal(call.name[0], "concat"));
    if (!joins) return std::nullopt;
    std::string out;
    for (const auto& arg : call.args) {
        auto part = constant_text(arg);
        if (!part) return std::nullopt;
        out += *part;
    }
    return out;
}

}  // namespace

// Of statements that take no expression for a name: IDENTIFIER of constants alone.
Name Parser::plain_name() {
    size_t first = c_.pos();
    TableName name = table_name();
    if (!name.identifier) return name.parts;
    auto text = constant_text(name.identifier);
    if (!text) unsupported("IDENTIFIER(expression) in this statement", first);
    return parse_multipart_identifier(*text, c_.options());
}

// PARTITION (a = 1, b): values may be missing unless they are required.
std::vector<plan::PartitionSpecItem> Parser::partition_spec(bool values_required) {
    std::vector<plan::PartitionSpecItem> items;
    c_.expect(Kw::kPartition);
    c_.expect(Tok::kLeftParen);
    do {
        size_t place = c_.pos();
        plan::PartitionSpecItem item;
        item.column = identifier();
        if (c_.accept(Tok::kEqual)) {
            if (c_.at(Kw::kDefault)) {
                c_.take();
                c_.fail("REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION", {}, place);
            }
            item.value = constant();
        } else if (values_required) {
            c_.fail("INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE",
                {{"partKey", quote_identifier(item.column)}}, place);
        }
        for (const auto& other : items) {
            if (types::names_equal(other.column, item.column)) {
                c_.fail("DUPLICATE_KEY", {{"keyColumn", quote_identifier(item.column)}}, place);
            }
        }
        items.push_back(std::move(item));
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
    return items;
}

Parser::StaticPartition Parser::static_partition() {
    StaticPartition out;
    for (auto& item : partition_spec(true))
        out.emplace_back(std::move(item.column), std::move(item.value));
    return out;
}

plan::CommandPtr Parser::truncate_table() {
    size_t first = c_.pos();
    c_.expect_words({Kw::kTruncate, Kw::kTable});
    auto t = std::make_shared<plan::TruncateTable>();
    t->name = table_name();
    if (c_.at(Kw::kPartition)) t->partition = static_partition();
    return done(t, first);
}

plan::CommandPtr Parser::comment_on() {
    size_t first = c_.pos();
    c_.expect_words({Kw::kComment, Kw::kOn});
    auto comment = std::make_shared<plan::Comment>();
    using On = plan::Comment::On;
    if (accept_namespace_word()) {
        comment->on = On::kNamespace;
    } else if (c_.accept(Kw::kCatalog)) {
        comment->on = On::kCatalog;
    } else if (c_.accept(Kw::kColumn)) {
        comment->on = On::kColumn;
    } else if (c_.at_any({Kw::kTable, Kw::kView})) {
        c_.take();
        comment->on = On::kTable;
    } else if (c_.at_text("VOLUME") || c_.at(Kw::kFunction) || c_.at_text("CONNECTION")) {
        return unsupported_statement(
            "COMMENT ON " + types::to_upper(std::string(c_.spelling(c_.peek()))), first);
    } else {
        c_.fail_syntax();
    }
    size_t name_place = c_.pos();
    comment->name = table_name();
    if (comment->on == On::kColumn) {
        if (comment->name.identifier)
            unsupported("IDENTIFIER(expression) in COMMENT ON COLUMN", name_place);
        auto& parts = comment->name.parts;
        if (parts.size() < 2) c_.fail_syntax();
        comment->column = {parts.back()};
        parts.pop_back();
    }
    c_.expect(Kw::kIs);
    if (!c_.accept(Kw::kNull)) comment->text = string_literal();
    return done(comment, first);
}

plan::CommandPtr Parser::explain() {
    size_t first = c_.pos();
    c_.expect(Kw::kExplain);
    auto e = std::make_shared<plan::Explain>();
    if (c_.at_any({Kw::kLogical, Kw::kFormatted, Kw::kExtended, Kw::kCodegen, Kw::kCost})) {
        e->mode = types::to_upper(std::string(c_.spelling(c_.take())));
        if (e->mode == "LOGICAL") not_allowed("EXPLAIN LOGICAL", first);
    }
    auto named = named_parameters_;
    int positional = positional_parameters_;
    plan::Statement inner = statement();
    named_parameters_ = named;
    named_parameters_.insert(inner.named_parameters.begin(), inner.named_parameters.end());
    positional_parameters_ = positional + inner.positional_parameters;
    e->query = std::move(inner.query);
    e->command = std::move(inner.command);
    return done(e, first);
}

plan::CommandPtr Parser::use() {
    size_t first = c_.pos();
    c_.expect(Kw::kUse);
    auto u = std::make_shared<plan::Use>();
    bool more = at_identifier(1);
    if (c_.at(Kw::kCatalog) && more) {
        c_.take();
        u->is_catalog = true;
    } else if (at_namespace_word() && !c_.at(Tok::kEnd, 1) && !c_.at(Tok::kSemicolon, 1) &&
               !c_.at(Tok::kDot, 1)) {
        c_.take();
        u->is_namespace = true;
    }
    TableName name = table_name();
    u->name = std::move(name.parts);
    u->identifier = std::move(name.identifier);
    return done(u, first);
}

plan::CommandPtr Parser::cache() {
    size_t first = c_.pos();
    c_.expect(Kw::kCache);
    auto cache = std::make_shared<plan::Cache>();
    cache->lazy = c_.accept(Kw::kLazy);
    c_.expect(Kw::kTable);
    cache->name = plain_name();
    if (c_.accept(Kw::kOptions)) cache->options = property_list();
    if (c_.accept(Kw::kAs) || at_query() || c_.at(Tok::kLeftParen)) cache->query = query();
    return done(cache, first);
}

plan::CommandPtr Parser::uncache() {
    size_t first = c_.pos();
    auto u = std::make_shared<plan::Uncache>();
    if (c_.accept(Kw::kClear)) {
        c_.expect(Kw::kCache);
        u->all = true;
        return done(u, first);
    }
    c_.expect_words({Kw::kUncache, Kw::kTable});
    u->if_exists = if_exists();
    u->name = plain_name();
    return done(u, first);
}

plan::CommandPtr Parser::refresh() {
    size_t first = c_.pos();
    c_.expect(Kw::kRefresh);
    auto r = std::make_shared<plan::Refresh>();
    if (c_.accept(Kw::kTable)) {
        r->name = plain_name();
    } else if (c_.accept(Kw::kFunction)) {
        r->is_function = true;
        r->name = plain_name();
    } else if (c_.at_any({Kw::kMaterialized, Kw::kStreaming})) {
        return unsupported_statement(
            "REFRESH " + types::to_upper(std::string(c_.spelling(c_.peek()))), first);
    } else if (at_string()) {
        r->path = string_literal();
    } else {
        size_t begin = c_.pos();
        while (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon)) c_.take();
        r->path = c_.text_since(begin);
        bool blank = r->path.find_first_of(" \t\n\r") != std::string::npos;
        if (blank)
            c_.fail("_LEGACY_ERROR_TEMP_0056", {{"reason", "a path without quotes has no blanks"}},
                first);
        if (r->path.empty()) c_.fail_syntax();
    }
    return done(r, first);
}

plan::CommandPtr Parser::analyze_table() {
    size_t first = c_.pos();
    c_.expect(Kw::kAnalyze);
    auto a = std::make_shared<plan::AnalyzeTable>();
    if (c_.accept(Kw::kTables)) {
        a->is_all_tables = true;
        if (c_.at_any({Kw::kFrom, Kw::kIn})) {
            c_.take();
            a->all_in_namespace = plain_name();
        }
    } else {
        c_.expect(Kw::kTable);
        a->name = table_name();
        if (c_.at(Kw::kPartition)) a->partition = partition_spec(false);
    }
    c_.expect(Kw::kCompute);
    if (!a->is_all_tables && a->partition.empty() && c_.at_text("DELTA")) {
        c_.take();
        c_.expect(Kw::kStatistics);
        a->of_delta_files = true;
        return done(a, first);
    }
    c_.expect(Kw::kStatistics);
    if (!a->is_all_tables && c_.accept_words({Kw::kFor, Kw::kAll, Kw::kColumns})) {
        a->all_columns = true;
    } else if (!a->is_all_tables && c_.accept_words({Kw::kFor, Kw::kColumns})) {
        a->columns = identifier_seq();
    } else if (at_identifier()) {
        size_t place = c_.pos();
        std::string option = identifier();
        if (types::to_upper(option) != "NOSCAN") {
            c_.fail("INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN", {{"ctx", option}}, place);
        }
        a->no_scan = true;
    }
    return done(a, first);
}

// [MSCK] REPAIR TABLE t [ADD | DROP | SYNC PARTITIONS]
plan::CommandPtr Parser::repair_table() {
    size_t first = c_.pos();
    c_.accept(Kw::kMsck);
    c_.expect_words({Kw::kRepair, Kw::kTable});
    auto a = std::make_shared<plan::AlterTable>();
    a->name = table_name();
    a->action.kind = plan::AlterAction::Kind::kRecoverPartitions;
    if (c_.at_any({Kw::kAdd, Kw::kDrop, Kw::kSync})) {
        Kw k = c_.take().keyword;
        c_.expect(Kw::kPartitions);
        if (k != Kw::kAdd)
            return unsupported_statement(
                "REPAIR TABLE " + std::string(keyword_text(k)) + " PARTITIONS", first);
    }
    return done(a, first);
}

plan::CommandPtr Parser::call_procedure() {
    size_t first = c_.pos();
    c_.expect(Kw::kCall);
    table_name();
    c_.expect(Tok::kLeftParen);
    if (!c_.at(Tok::kRightParen)) {
        do {
            call_argument(false);
        } while (c_.accept(Tok::kComma));
    }
    c_.expect(Tok::kRightParen);
    return unsupported_statement("CALL", first);
}

plan::CommandPtr Parser::execute_immediate() {
    size_t first = c_.pos();
    c_.expect_words({Kw::kExecute, Kw::kImmediate});
    auto e = std::make_shared<plan::ExecuteImmediate>();
    size_t begin = c_.pos();
    e->sql = expression();
    e->sql_text = c_.text_since(begin);
    if (c_.accept(Kw::kInto)) e->targets = multipart_identifier_list();
    if (!c_.accept(Kw::kUsing)) return done(e, first);
    bool paren = c_.at(Tok::kLeftParen) && !c_.at(Kw::kSelect, 1) && !c_.at(Kw::kWith, 1) &&
                 c_.accept(Tok::kLeftParen);
    e->arguments = named_expression_list();
    if (paren) c_.expect(Tok::kRightParen);
    std::set<std::string> seen;
    for (const auto& argument : e->arguments) {
        if (argument->kind != plan::ExprKind::kAlias) continue;
        const auto& names = argument->as<plan::Alias>().names;
        if (!names.empty() && !seen.insert(types::to_lower(names[0])).second) {
            c_.fail("EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES",
                {{"aliases", quote_identifier(names[0])}}, first);
        }
    }
    return done(e, first);
}

}  // namespace hanok::sql
