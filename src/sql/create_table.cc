// CREATE TABLE and REPLACE TABLE: columns, constraints, partitioning and the other clauses.
#include <limits>

#include "sql/parser_impl.h"
#include "types/char_type.h"

namespace hanok::sql {

using types::DataType;
using types::TypePtr;

std::string Parser::provider_name() {
    std::string out;
    for (const auto& part : multipart_identifier()) out += (out.empty() ? "" : ".") + part;
    return out;
}

plan::CommandPtr Parser::create_table(bool or_replace, bool replace, size_t first) {
    bool temporary = c_.accept(Kw::kTemporary);
    bool external = c_.accept(Kw::kExternal);
    c_.expect(Kw::kTable);
    bool not_exists = !or_replace && !replace && if_not_exists();
    TableName name = table_name();
    if (c_.at(Kw::kLike) && !temporary)
        return create_table_like(std::move(name), not_exists, first);
    bool clones = c_.at(Kw::kClone) ||
                  (c_.at_any({Kw::kShallow, Kw::kDeep}) && c_.at(Kw::kClone, 1));
    if (clones) {
        auto clone = clone_table();
        clone->name = std::move(name);
        clone->if_not_exists = not_exists;
        clone->or_replace = or_replace;
        clone->replace = replace;
        return done(clone, first);
    }
    auto t = std::make_shared<plan::CreateTable>();
    t->name = std::move(name);
    t->if_not_exists = not_exists;
    t->or_replace = or_replace;
    t->replace = replace;
    t->external = external;
    bool query_in_paren = c_.at(Kw::kSelect, 1) || c_.at(Tok::kLeftParen, 1) ||
                          (c_.at(Kw::kWith, 1) && (c_.at(Kw::kAs, 3) || c_.at(Tok::kLeftParen, 3)));
    if (c_.at(Tok::kLeftParen) && !query_in_paren) {
        c_.take();
        table_elements(t.get());
        c_.expect(Tok::kRightParen);
    }
    size_t clauses = c_.pos();
    if (c_.accept(Kw::kUsing)) t->provider = provider_name();
    table_clauses(t.get());
    if (c_.accept(Kw::kAs) || at_query() || c_.at(Tok::kLeftParen)) t->query = query();
    if (temporary) {
        if (!t->provider.empty())
            c_.fail("INVALID_SQL_SYNTAX.CREATE_TEMP_TABLE_USING_PROVIDER", {}, first);
        not_allowed("CREATE TEMPORARY TABLE; use CREATE TEMPORARY VIEW instead", first);
    }
    if (t->query && !t->columns.empty()) {
        not_allowed(
            "Schema may not be specified in a Create Table As Select (CTAS) statement", first);
    }
    for (const auto& p : t->partitioning) {
        if (p.column && t->query)
            not_allowed(
                "Partition column types may not be specified in Create Table As Select (CTAS)",
                clauses);
    }
    if (external && !t->location)
        not_allowed("CREATE EXTERNAL TABLE must be accompanied by LOCATION", first);
    return done(t, first);
}

plan::CommandPtr Parser::create_table_like(TableName name, bool not_exists, size_t first) {
    c_.expect(Kw::kLike);
    auto t = std::make_shared<plan::CreateTableLike>();
    t->name = std::move(name);
    t->if_not_exists = not_exists;
    t->source = table_name();
    while (true) {
        if (c_.accept(Kw::kUsing)) {
            t->provider = provider_name();
        } else if (c_.accept(Kw::kLocation)) {
            t->location = string_literal();
        } else if (c_.accept(Kw::kTblproperties)) {
            t->properties = property_list();
        } else if (c_.at_words({Kw::kRow, Kw::kFormat}) || c_.at(Kw::kStored)) {
            return unsupported_statement("CREATE TABLE LIKE … STORED AS", first);
        } else {
            return done(t, first);
        }
    }
}

bool Parser::at_table_constraint() const {
    if (c_.at(Kw::kConstraint))
        return at_identifier(1) &&
               c_.at_any({Kw::kCheck, Kw::kUnique, Kw::kPrimary, Kw::kForeign}, 2);
    if (c_.at(Kw::kCheck) || c_.at(Kw::kUnique)) return c_.at(Tok::kLeftParen, 1);
    return (c_.at_any({Kw::kPrimary, Kw::kForeign})) && c_.at(Kw::kKey, 1);
}

void Parser::table_elements(plan::CreateTable* t) {
    do {
        if (at_table_constraint()) {
            t->constraints.push_back(table_constraint());
        } else {
            t->columns.push_back(column_definition(&t->constraints));
        }
    } while (c_.accept(Tok::kComma));
}

plan::TableConstraint Parser::table_constraint() {
    plan::TableConstraint c;
    if (c_.accept(Kw::kConstraint)) c.name = error_capturing_identifier();
    constraint_body(&c, true);
    return c;
}

void Parser::constraint_body(plan::TableConstraint* c, bool table_level) {
    if (c_.accept(Kw::kCheck)) {
        c->kind = "CHECK";
        c_.expect(Tok::kLeftParen);
        size_t begin = c_.pos();
        expression();
        c->expression = c_.text_since(begin);
        c_.expect(Tok::kRightParen);
    } else if (c_.accept(Kw::kUnique)) {
        c->kind = "UNIQUE";
        if (table_level) c->columns = identifier_list();
    } else if (c_.accept_words({Kw::kPrimary, Kw::kKey})) {
        c->kind = "PRIMARY KEY";
        if (table_level) c->columns = identifier_list();
    } else if ((table_level && c_.accept_words({Kw::kForeign, Kw::kKey})) ||
               c_.at(Kw::kReferences)) {
        c->kind = "FOREIGN KEY";
        if (table_level) c->columns = identifier_list();
        c_.expect(Kw::kReferences);
        c->referenced_table = multipart_identifier();
        if (c_.at(Tok::kLeftParen)) c->referenced_columns = identifier_list();
    } else {
        c_.fail_syntax();
    }
    while (true) {
        size_t place = c_.pos();
        if (c_.accept(Kw::kEnforced)) {
            c->enforced = true;
        } else if (c_.accept_words({Kw::kNot, Kw::kEnforced})) {
            c->enforced = false;
        } else if (c_.accept(Kw::kRely)) {
            c->rely = true;
        } else if (!c_.accept(Kw::kNorely)) {
            return;
        }
        if (c->enforced.value_or(false) && c->kind != "CHECK") {
            c_.fail("UNSUPPORTED_CONSTRAINT_CHARACTERISTIC",
                {{"characteristic", "ENFORCED"}, {"constraintType", c->kind}}, place);
        }
    }
}

plan::ColumnDef Parser::column_definition(std::vector<plan::TableConstraint>* constraints) {
    plan::ColumnDef column;
    size_t first = c_.pos();
    column.name = error_capturing_identifier();
    column.type = data_type();
    bool constraint_seen = false;
    auto once = [&](bool seen, const char* option) {
        if (seen) {
            c_.fail("CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE",
                {{"columnName", quote_identifier(column.name)}, {"optionName", option}}, first);
        }
    };
    while (true) {
        if (c_.accept_words({Kw::kNot, Kw::kNull})) {
            once(!column.nullable, "NOT NULL");
            column.nullable = false;
        } else if (c_.accept(Kw::kDefault)) {
            once(column.default_value != nullptr, "DEFAULT");
            size_t begin = c_.pos();
            column.default_value = expression();
            column.default_sql = c_.text_since(begin);
        } else if (c_.at(Kw::kGenerated)) {
            once(!column.generation_sql.empty() || column.identity, "GENERATED ALWAYS AS");
            generation_expression(&column);
        } else if (c_.accept(Kw::kComment)) {
            once(column.has_comment, "COMMENT");
            column.comment = string_literal();
            column.has_comment = true;
        } else if (c_.at_any({Kw::kConstraint, Kw::kCheck, Kw::kUnique, Kw::kReferences}) ||
                   c_.at_words({Kw::kPrimary, Kw::kKey})) {
            plan::TableConstraint c;
            if (c_.accept(Kw::kConstraint)) c.name = error_capturing_identifier();
            constraint_body(&c, false);
            c.columns = {column.name};
            constraint_seen = true;
            if (constraints) constraints->push_back(std::move(c));
        } else {
            break;
        }
    }
    if (constraint_seen && !constraints)
        c_.fail("INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS", {}, first);
    return column;
}

// GENERATED ALWAYS AS (expr); GENERATED ALWAYS | BY DEFAULT AS IDENTITY [(START WITH n INCREMENT BY
// n)]
void Parser::generation_expression(plan::ColumnDef* column) {
    c_.expect(Kw::kGenerated);
    bool by_default = c_.accept_words({Kw::kBy, Kw::kDefault});
    if (!by_default) c_.expect(Kw::kAlways);
    c_.expect(Kw::kAs);
    if (c_.accept(Kw::kIdentity)) {
        column->identity = plan::ColumnDef::Identity{};
        column->identity->allow_explicit_insert = by_default;
        if (c_.accept(Tok::kLeftParen)) identity_options(column);
        return;
    }
    if (by_default) c_.fail_syntax();
    c_.expect(Tok::kLeftParen);
    size_t begin = c_.pos();
    expression();
    column->generation_sql = c_.text_since(begin);
    c_.expect(Tok::kRightParen);
}

void Parser::identity_options(plan::ColumnDef* column) {
    bool start = false;
    bool step = false;
    auto number = [&] {
        bool negative = c_.accept(Tok::kMinus);
        if (!c_.at(Tok::kInteger) && !c_.at(Tok::kBigint)) c_.fail_syntax();
        std::string digits(c_.spelling(c_.peek()));
        size_t place = c_.pos();
        bool long_enough = c_.take().kind == Tok::kBigint;
        if (long_enough) digits.pop_back();
        constexpr size_t kSafeDigits = 18;
        if (digits.size() > kSafeDigits) c_.seek(place), c_.fail_syntax();
        return negative ? -std::stoll(digits) : std::stoll(digits);
    };
    while (!c_.accept(Tok::kRightParen)) {
        size_t place = c_.pos();
        bool& seen = c_.at(Kw::kStart) ? start : step;
        if (seen) {
            c_.fail("IDENTITY_COLUMNS_DUPLICATED_SEQUENCE_GENERATOR_OPTION",
                {{"sequenceGeneratorOption", c_.at(Kw::kStart) ? "START" : "STEP"}}, place);
        }
        seen = true;
        if (c_.accept_words({Kw::kStart, Kw::kWith})) {
            column->identity->start = number();
        } else {
            c_.expect_words({Kw::kIncrement, Kw::kBy});
            column->identity->step = number();
            if (column->identity->step == 0) c_.fail("IDENTITY_COLUMNS_ILLEGAL_STEP", {}, place);
        }
    }
}

void Parser::table_clauses(plan::CreateTable* t) {
    std::set<std::string> seen;
    auto once = [&](const char* clause) {
        if (!seen.insert(clause).second)
            c_.fail("DUPLICATE_CLAUSES", {{"clauseName", clause}}, c_.pos());
    };
    while (true) {
        size_t place = c_.pos();
        if (c_.accept(Kw::kOptions)) {
            once("OPTIONS");
            t->options = expression_property_list();
        } else if (c_.accept_words({Kw::kPartitioned, Kw::kBy})) {
            once("PARTITIONED BY");
            partition_fields(t);
        } else if (c_.accept_words({Kw::kCluster, Kw::kBy})) {
            once("CLUSTER BY");
            if (c_.accept(Kw::kNoneWord)) continue;
            if (c_.at_text("AUTO")) unsupported("CLUSTER BY AUTO", place);
            c_.expect(Tok::kLeftParen);
            t->cluster_by = multipart_identifier_list();
            c_.expect(Tok::kRightParen);
        } else if (c_.at_words({Kw::kClustered, Kw::kBy})) {
            once("CLUSTERED BY");
            t->buckets = bucket_spec();
        } else if (c_.at_words({Kw::kSkewed, Kw::kBy})) {
            unsupported("SKEWED BY", place);
        } else if (c_.at_words({Kw::kRow, Kw::kFormat}) || c_.at_any({Kw::kStored})) {
            unsupported("Hive table formats (ROW FORMAT, STORED AS)", place);
        } else if (c_.accept(Kw::kLocation)) {
            once("LOCATION");
            t->location = string_literal();
        } else if (c_.accept(Kw::kComment)) {
            once("COMMENT");
            t->comment = string_literal();
        } else if (c_.accept_words({Kw::kDefault, Kw::kCollation})) {
            once("DEFAULT COLLATION");
            auto collation = collation_name();
            for (auto& column : t->columns)
                column.type = types::with_collation(column.type, collation);
            if (t->columns.empty()) unsupported("DEFAULT COLLATION without a column list", place);
        } else if (c_.accept(Kw::kTblproperties)) {
            once("TBLPROPERTIES");
            t->properties = property_list();
        } else {
            return;
        }
    }
}

void Parser::partition_fields(plan::CreateTable* t) {
    c_.expect(Tok::kLeftParen);
    size_t first = c_.pos();
    do {
        t->partitioning.push_back(partition_field());
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
    bool typed = false;
    bool plain = false;
    for (const auto& p : t->partitioning) (p.column ? typed : plain) = true;
    if (typed && plain) {
        not_allowed("PARTITION BY: Cannot mix partition expressions and partition columns", first);
    }
}

// c, a.b, bucket(4, c), years(c), or c INT
plan::PartitionTransform Parser::partition_field() {
    plan::PartitionTransform p;
    size_t first = c_.pos();
    if (at_identifier() && c_.at(Tok::kLeftParen, 1)) {
        p.transform = types::to_lower(identifier());
        c_.take();
        do {
            size_t place = c_.pos();
            bool name = at_identifier() && !at_typed_literal() &&
                        !c_.at_any({Kw::kTrue, Kw::kFalse, Kw::kNull});
            p.args.push_back(
                name ? node<plan::Attribute>(place, multipart_identifier()) : constant());
        } while (c_.accept(Tok::kComma));
        c_.expect(Tok::kRightParen);
        return p;
    }
    Name name = multipart_identifier();
    bool ends = c_.at(Tok::kComma) || c_.at(Tok::kRightParen);
    if (ends) {
        p.args.push_back(node<plan::Attribute>(first, std::move(name)));
        return p;
    }
    c_.seek(first);
    p.column = column_definition(nullptr);
    return p;
}

plan::BucketSpec Parser::bucket_spec() {
    plan::BucketSpec b;
    c_.expect_words({Kw::kClustered, Kw::kBy});
    b.columns = identifier_list();
    if (c_.accept_words({Kw::kSorted, Kw::kBy})) {
        c_.expect(Tok::kLeftParen);
        do {
            b.sort_columns.push_back(error_capturing_identifier());
            size_t place = c_.pos();
            if (c_.accept(Kw::kDesc)) not_allowed("Column ordering must be ASC, was 'DESC'", place);
            c_.accept(Kw::kAsc);
        } while (c_.accept(Tok::kComma));
        c_.expect(Tok::kRightParen);
    }
    c_.expect(Kw::kInto);
    b.num_buckets = static_cast<int32_t>(
        std::min<int64_t>(integer_value(), std::numeric_limits<int32_t>::max()));
    c_.expect(Kw::kBuckets);
    return b;
}

// OPTIONS (key = constant, …): like a property list, and NULL or other constants are taken as text.
plan::Options Parser::expression_property_list() {
    plan::Options out;
    c_.expect(Tok::kLeftParen);
    do {
        size_t place = c_.pos();
        std::string key = property_key();
        bool equals = c_.accept(Tok::kEqual);
        std::string value;
        if (equals || (!c_.at(Tok::kComma) && !c_.at(Tok::kRightParen))) {
            size_t begin = c_.pos();
            ExprPtr e = expression();
            if (e->kind != plan::ExprKind::kLiteral)
                unsupported("OPTIONS with an expression as value", place);
            const auto& literal = e->as<plan::Literal>();
            bool text = literal.type->is(types::TypeId::kString) && !literal.value.is_null();
            value = text ? literal.value.as_string() : types::to_lower(c_.text_since(begin));
        }
        for (const auto& [other, unused] : out) {
            if (other == key)
                c_.fail("DUPLICATE_KEY", {{"keyColumn", quote_identifier(key)}}, place);
        }
        out.emplace_back(std::move(key), std::move(value));
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
    return out;
}

}  // namespace hanok::sql
