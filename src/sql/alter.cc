// ALTER.
#include "sql/parser_impl.h"

namespace hanok::sql {

using Kind = plan::AlterAction::Kind;

plan::CommandPtr Parser::alter_statement() {
    size_t first = c_.pos();
    c_.expect(Kw::kAlter);
    if (at_namespace_word()) return alter_namespace(first);
    if (c_.accept(Kw::kTable)) return alter_table(false, first);
    if (c_.accept(Kw::kView)) return alter_table(true, first);
    bool known =
        c_.at_any({Kw::kCatalog, Kw::kIndex, Kw::kMaterialized, Kw::kStreaming, Kw::kExternal}) ||
        c_.at_text("VOLUME") || c_.at_text("GROUP") || c_.at_text("SHARE");
    if (!known) c_.fail_syntax();
    return unsupported_statement(
        "ALTER " + types::to_upper(std::string(c_.spelling(c_.peek()))), first);
}

plan::CommandPtr Parser::alter_namespace(size_t first) {
    c_.take();
    auto a = std::make_shared<plan::AlterNamespace>();
    a->name = table_name();
    bool unset = c_.at(Kw::kUnset);
    if (c_.accept_words({Kw::kDefault, Kw::kCollation})) {
        identifier();
        c_.fail("UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS", {}, first);
    }
    if (!unset && !c_.at(Kw::kSet)) {
        if (c_.at_text("OWNER")) return unsupported_statement("ALTER SCHEMA OWNER TO", first);
        c_.fail_syntax();
    }
    c_.take();
    if (!unset && c_.accept(Kw::kLocation)) {
        a->location = string_literal();
        return done(a, first);
    }
    if (c_.at_text("TAGS") || c_.at_text("OWNER"))
        return unsupported_statement("ALTER SCHEMA SET TAGS / OWNER", first);
    if (!c_.at_any({Kw::kDbproperties, Kw::kProperties})) c_.fail_syntax();
    c_.take();
    if (unset) {
        a->unset_properties = property_keys();
    } else {
        a->set_properties = property_list();
    }
    return done(a, first);
}

plan::CommandPtr Parser::alter_view_query(TableName name, size_t first) {
    auto v = std::make_shared<plan::AlterView>();
    v->name = std::move(name);
    c_.accept(Kw::kAs);
    v->query = view_query(&v->query_sql);
    return done(v, first);
}

plan::CommandPtr Parser::alter_table(bool is_view, size_t first) {
    auto t = std::make_shared<plan::AlterTable>();
    t->name = table_name();
    t->is_view = is_view;
    if (is_view && c_.at_words({Kw::kWith, Kw::kSchema}))
        return unsupported_statement("ALTER VIEW WITH SCHEMA", first);
    if (is_view && (c_.at(Kw::kAs) || at_query()))
        return alter_view_query(std::move(t->name), first);
    plan::AlterAction& a = t->action;
    bool done_here = false;
    if (c_.at(Kw::kPartition)) {
        a.partitions.push_back(static_partition());
        if (c_.at_words({Kw::kSet, Kw::kLocation})) {
            c_.seek(c_.pos() + 2);
            a.kind = Kind::kSetLocation;
            a.text = string_literal();
            return done(t, first);
        }
        // Renames the first of two partitions to the second.
        if (c_.accept_words({Kw::kRename, Kw::kTo})) {
            a.kind = Kind::kRenameTable;
            a.partitions.push_back(static_partition());
            return done(t, first);
        }
        return unsupported_statement("ALTER TABLE PARTITION (SET SERDE, CHANGE, …)", first);
    }
    switch (c_.peek().keyword) {
        case Kw::kAdd:
            c_.take();
            done_here = alter_add(&a);
            break;
        case Kw::kDrop:
            c_.take();
            done_here = alter_drop(&a);
            break;
        case Kw::kSet:
        case Kw::kUnset: done_here = alter_set(&a); break;
        case Kw::kRename:
            c_.take();
            done_here = alter_rename(&a);
            break;
        case Kw::kAlter:
        case Kw::kChange: alter_columns(&a); return done(t, first);
        case Kw::kReplace:
        case Kw::kRecover:
        case Kw::kCluster: alter_layout(&a); return done(t, first);
        case Kw::kDefault:
        case Kw::kNot:
        case Kw::kClustered:
        case Kw::kSkewed:
        case Kw::kExchange:
        case Kw::kArchive:
        case Kw::kUnarchive:
        case Kw::kTouch:
        case Kw::kCompact:
        case Kw::kConcatenate: break;
        default:
            if (!c_.at_text("OWNER")) c_.fail_syntax();
    }
    if (done_here) return done(t, first);
    return unsupported_statement(
        "ALTER TABLE " + types::to_upper(std::string(c_.spelling(c_.peek()))), first);
}

// REPLACE COLUMNS (…), RECOVER PARTITIONS, CLUSTER BY (…) | NONE
void Parser::alter_layout(plan::AlterAction* a) {
    if (c_.accept_words({Kw::kReplace, Kw::kColumns})) {
        a->kind = Kind::kReplaceColumns;
        c_.expect(Tok::kLeftParen);
        do {
            a->columns.push_back(positioned_column());
        } while (c_.accept(Tok::kComma));
        c_.expect(Tok::kRightParen);
    } else if (c_.accept(Kw::kRecover)) {
        a->kind = Kind::kRecoverPartitions;
        c_.expect(Kw::kPartitions);
    } else {
        a->kind = Kind::kClusterBy;
        c_.expect(Kw::kCluster);
        c_.expect(Kw::kBy);
        if (c_.accept(Kw::kNoneWord)) return;
        c_.expect(Tok::kLeftParen);
        a->cluster_by = multipart_identifier_list();
        c_.expect(Tok::kRightParen);
    }
}

// COLUMN[S] …, [IF NOT EXISTS] PARTITION …, CONSTRAINT …
bool Parser::alter_add(plan::AlterAction* a) {
    if (c_.at_any({Kw::kColumn, Kw::kColumns})) {
        c_.take();
        a->kind = Kind::kAddColumns;
        bool paren = c_.accept(Tok::kLeftParen);
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        do {
            a->columns.push_back(positioned_column());
        } while (c_.accept(Tok::kComma));
        if (paren) c_.expect(Tok::kRightParen);
        return true;
    }
    if (at_table_constraint()) {
        a->kind = Kind::kAddConstraint;
        a->constraint = table_constraint();
        return true;
    }
    a->if_exists = if_not_exists();
    if (!c_.at(Kw::kPartition)) {
        if (c_.at(Kw::kFeature) && at_identifier(1)) {
            c_.take();
            a->kind = Kind::kAddFeature;
            a->text = at_string() ? string_literal() : identifier();
            return true;
        }
        c_.fail_syntax();
    }
    a->kind = Kind::kAddPartition;
    while (c_.at(Kw::kPartition)) {
        a->partitions.push_back(static_partition());
        std::string location;
        if (c_.accept(Kw::kLocation)) location = string_literal();
        a->keys.push_back(location);
    }
    return true;
}

// COLUMN[S] [IF EXISTS] …, CONSTRAINT …, [IF EXISTS] PARTITION …, FEATURE …
bool Parser::alter_drop(plan::AlterAction* a) {
    if (c_.at_any({Kw::kColumn, Kw::kColumns})) {
        c_.take();
        a->kind = Kind::kDropColumns;
        a->if_exists = if_exists();
        bool paren = c_.accept(Tok::kLeftParen);
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        for (auto& name : multipart_identifier_list()) {
            plan::AlterAction::Column column;
            column.path = std::move(name);
            a->columns.push_back(std::move(column));
        }
        if (paren) c_.expect(Tok::kRightParen);
        return true;
    }
    if (c_.accept(Kw::kConstraint)) {
        a->kind = Kind::kDropConstraint;
        a->if_exists = if_exists();
        a->text = identifier();
        if (!c_.accept(Kw::kCascade)) c_.accept(Kw::kRestrict);
        return true;
    }
    if (c_.accept(Kw::kFeature)) {
        a->kind = Kind::kDropFeature;
        a->text = at_string() ? string_literal() : identifier();
        if (c_.accept(Kw::kTruncate)) {
            c_.expect(Kw::kHistory);
            a->keys.push_back("TRUNCATE HISTORY");
        }
        return true;
    }
    a->if_exists = if_exists();
    if (!c_.at(Kw::kPartition)) c_.fail_syntax();
    a->kind = Kind::kDropPartition;
    do {
        a->partitions.push_back(static_partition());
    } while (c_.accept(Tok::kComma));
    if (c_.accept(Kw::kPurge)) a->keys.push_back("PURGE");
    return true;
}

bool Parser::alter_set(plan::AlterAction* a) {
    bool unset = c_.take().keyword == Kw::kUnset;
    if (c_.accept(Kw::kTblproperties)) {
        a->kind = unset ? Kind::kUnsetProperties : Kind::kSetProperties;
        if (unset) {
            a->if_exists = if_exists();
            a->keys = property_keys();
        } else {
            a->properties = property_list();
        }
        return true;
    }
    if (!unset && c_.accept(Kw::kLocation)) {
        a->kind = Kind::kSetLocation;
        a->text = string_literal();
        return true;
    }
    bool known = c_.at_any({Kw::kSerde, Kw::kSerdeproperties, Kw::kSkewed, Kw::kFileformat}) ||
                 c_.at_text("TAGS") || c_.at_text("OWNER") || c_.at(Kw::kRow);
    if (!known) c_.fail_syntax();
    return false;
}

bool Parser::alter_rename(plan::AlterAction* a) {
    if (c_.accept(Kw::kColumn)) {
        a->kind = Kind::kRenameColumn;
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        plan::AlterAction::Column column;
        column.path = multipart_identifier();
        a->columns.push_back(std::move(column));
        c_.expect(Kw::kTo);
        a->new_name = {error_capturing_identifier()};
        return true;
    }
    a->kind = Kind::kRenameTable;
    c_.expect(Kw::kTo);
    if (at_identifier_clause() && c_.options().legacy_identifier_clause)
        c_.take(), c_.fail_syntax();
    a->new_name = multipart_identifier();
    return true;
}

bool Parser::column_position(plan::AlterAction::Column* column) {
    if (c_.accept(Kw::kFirst)) {
        column->first = true;
        return true;
    }
    if (!c_.accept(Kw::kAfter)) return false;
    column->after = error_capturing_identifier();
    return true;
}

// path type [NOT NULL | DEFAULT … | COMMENT … | FIRST | AFTER …]*
plan::AlterAction::Column Parser::positioned_column() {
    plan::AlterAction::Column column;
    size_t first = c_.pos();
    column.path = multipart_identifier();
    plan::ColumnDef& d = column.definition;
    d.name = column.path.back();
    d.type = data_type();
    auto once = [&](bool seen, const char* option) {
        if (seen) {
            c_.fail("ALTER_TABLE_COLUMN_DESCRIPTOR_DUPLICATE",
                {{"type", "ADD"}, {"columnName", quote_identifier(column.path)},
                    {"optionName", option}},
                first);
        }
    };
    while (true) {
        if (c_.accept_words({Kw::kNot, Kw::kNull})) {
            once(!d.nullable, "NOT NULL");
            d.nullable = false;
        } else if (c_.accept(Kw::kDefault)) {
            once(d.default_value != nullptr, "DEFAULT");
            size_t begin = c_.pos();
            d.default_value = expression();
            d.default_sql = c_.text_since(begin);
        } else if (c_.accept(Kw::kComment)) {
            once(d.has_comment, "COMMENT");
            d.comment = string_literal();
            d.has_comment = true;
        } else if (c_.at_any({Kw::kFirst, Kw::kAfter})) {
            once(column.first || !column.after.empty(), "FIRST|AFTER");
            column_position(&column);
        } else {
            return column;
        }
    }
}

// (ALTER | CHANGE) [COLUMN] …
void Parser::alter_columns(plan::AlterAction* a) {
    bool change = c_.take().keyword == Kw::kChange;
    if (c_.at(Kw::kColumn) && at_identifier(1) && !c_.at(Kw::kType, 1)) c_.take();
    a->kind = Kind::kAlterColumn;
    do {
        size_t first = c_.pos();
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        plan::AlterAction::Column column;
        column.path = multipart_identifier();
        bool action = c_.at_any(
            {Kw::kType, Kw::kComment, Kw::kFirst, Kw::kAfter, Kw::kSet, Kw::kDrop, Kw::kSync});
        bool hive = change && at_identifier() && at_identifier(1) &&
                    !(action && !c_.at(Kw::kComment, 2) && c_.at(Kw::kType));
        if (hive && !action) {  // CHANGE old new type [COMMENT …] [FIRST | AFTER …]
            size_t place = c_.pos();
            types::StructField field = column_type();
            if (!types::names_equal(field.name, column.path.back(), true)) {
                not_allowed(
                    "Renaming column is not supported in Hive-style ALTER COLUMN, please run "
                    "RENAME COLUMN instead",
                    place);
            }
            if (!field.nullable)
                not_allowed("NOT NULL is not supported in Hive-style ALTER COLUMN", place);
            column.definition.name = field.name;
            column.definition.type = field.type;
            column.definition.has_comment = field.comment().has_value();
            column.definition.comment = field.comment().value_or("");
            column_position(&column);
        } else {
            alter_column_action(&column, first);
        }
        a->columns.push_back(std::move(column));
    } while (c_.accept(Tok::kComma));
}

void Parser::alter_column_action(plan::AlterAction::Column* column, size_t first) {
    plan::ColumnDef& d = column->definition;
    d.name = column->path.back();
    if (c_.accept(Kw::kType)) {
        d.type = data_type();
    } else if (c_.accept(Kw::kComment)) {
        d.comment = string_literal();
        d.has_comment = true;
    } else if (column_position(column)) {
        return;
    } else if (c_.accept(Kw::kSet)) {
        if (c_.accept(Kw::kDefault)) {
            size_t begin = c_.pos();
            d.default_value = expression();
            d.default_sql = c_.text_since(begin);
            return;
        }
        c_.expect_words({Kw::kNot, Kw::kNull});
        column->nullable = false;
    } else if (c_.accept(Kw::kDrop)) {
        if (c_.accept(Kw::kDefault)) {
            column->drop_default = true;
            return;
        }
        c_.expect_words({Kw::kNot, Kw::kNull});
        column->nullable = true;
    } else if (c_.accept_words({Kw::kSync, Kw::kIdentity})) {
        column->syncs_identity = true;
    } else if (c_.at(Tok::kEnd) || c_.at(Tok::kSemicolon) || c_.at(Tok::kComma)) {
        not_allowed(
            "ALTER TABLE table CHANGE COLUMN requires a TYPE, a SET/DROP, a COMMENT, or a "
            "FIRST/AFTER",
            first);
    } else {
        c_.fail_syntax();
    }
}

}  // namespace hanok::sql
