// CREATE of everything but tables and functions: catalogs, namespaces, views.
#include "plan/default_collation.h"
#include "sql/parser_impl.h"

namespace hanok::sql {

plan::CommandPtr Parser::create_statement() {
    size_t first = c_.pos();
    if (c_.accept(Kw::kReplace)) return create_table(false, true, first);
    c_.expect(Kw::kCreate);
    bool or_replace = c_.accept_words({Kw::kOr, Kw::kReplace});
    if (!or_replace && c_.at(Kw::kCatalog)) return create_catalog(first);
    if (!or_replace && at_namespace_word()) return create_namespace(first);
    size_t modifiers = 0;
    while (c_.at_any({Kw::kGlobal, Kw::kTemporary, Kw::kExternal}, modifiers)) ++modifiers;
    if (c_.at(Kw::kTable, modifiers)) {
        if (c_.at(Kw::kGlobal)) c_.fail_syntax();
        return create_table(or_replace, false, first);
    }
    if (c_.at(Kw::kView, modifiers)) {
        bool global = c_.accept(Kw::kGlobal);
        bool temporary = c_.accept(Kw::kTemporary);
        if (global && !temporary) c_.fail_syntax();
        return create_view(or_replace, temporary, global, first);
    }
    if (c_.at(Kw::kFunction, modifiers)) {
        bool temporary = c_.accept(Kw::kTemporary);
        return create_function(or_replace, temporary, first);
    }
    static constexpr const char* kUnsupported[] = {"ROLE", "INDEX", "MATERIALIZED", "STREAMING",
        "FLOW", "VOLUME", "CONNECTION", "PROCEDURE", "EXTERNAL", "SHARE", "STORAGE", "RECIPIENT",
        "MACRO"};
    for (const char* word : kUnsupported) {
        if (c_.at_text(word, modifiers)) {
            std::string feature = c_.at_text("EXTERNAL", modifiers) ? "EXTERNAL LOCATION" : word;
            return unsupported_statement("CREATE " + feature, first);
        }
    }
    if (c_.at(Kw::kExternal) && c_.at(Kw::kLocation, 1))
        return unsupported_statement("CREATE EXTERNAL LOCATION", first);
    c_.seek(c_.pos() + modifiers);
    c_.fail_syntax();
}

plan::CommandPtr Parser::create_catalog(size_t first) {
    c_.expect(Kw::kCatalog);
    auto cat = std::make_shared<plan::CreateCatalog>();
    cat->if_not_exists = if_not_exists();
    cat->name = error_capturing_identifier();
    while (true) {
        if (c_.accept(Kw::kComment)) {
            cat->comment = string_literal();
        } else if (c_.accept_words({Kw::kManaged, Kw::kLocation})) {
            cat->location = string_literal();
        } else if (c_.accept(Kw::kOptions) || c_.accept_words({Kw::kWith, Kw::kProperties}) ||
                   c_.accept_words({Kw::kWith, Kw::kDbproperties})) {
            cat->properties = property_list();
        } else {
            return done(cat, first);
        }
    }
}

plan::CommandPtr Parser::create_namespace(size_t first) {
    c_.take();
    auto n = std::make_shared<plan::CreateNamespace>();
    n->if_not_exists = if_not_exists();
    n->name = table_name();
    std::set<std::string> seen;
    auto once = [&](const char* clause) {
        if (!seen.insert(clause).second)
            c_.fail("DUPLICATE_CLAUSES", {{"clauseName", clause}}, c_.pos());
    };
    while (true) {
        if (c_.accept(Kw::kComment)) {
            once("COMMENT");
            n->comment = string_literal();
        } else if (c_.accept(Kw::kLocation) || c_.accept_words({Kw::kManaged, Kw::kLocation})) {
            once("LOCATION");
            n->location = string_literal();
        } else if (c_.accept_words({Kw::kDefault, Kw::kCollation})) {
            identifier();
            c_.fail("UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS", {}, first);
        } else if (c_.at(Kw::kWith) && c_.at_any({Kw::kDbproperties, Kw::kProperties}, 1)) {
            once("WITH PROPERTIES");
            c_.seek(c_.pos() + 2);
            n->properties = property_list();
        } else {
            return done(n, first);
        }
    }
}

// The query behind AS, and its text.
RelationPtr Parser::view_query(std::string* text) {
    size_t begin = c_.pos();
    RelationPtr q = query();
    *text = c_.text_since(begin);
    return q;
}

std::string Parser::schema_binding() {
    if (!c_.at_words({Kw::kWith, Kw::kSchema})) return "";
    c_.seek(c_.pos() + 2);
    if (c_.accept_words({Kw::kType, Kw::kEvolution})) return "TYPE EVOLUTION";
    if (!c_.at_any({Kw::kBinding, Kw::kCompensation, Kw::kEvolution})) c_.fail_syntax();
    return types::to_upper(std::string(c_.spelling(c_.take())));
}

void Parser::view_columns(plan::CreateView* v) {
    c_.expect(Tok::kLeftParen);
    do {
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        std::string name = identifier();
        std::string comment;
        if (c_.accept(Kw::kComment)) comment = string_literal();
        v->columns.emplace_back(std::move(name), std::move(comment));
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
}

// Gives the default collation, "" for none.
std::string Parser::view_clauses(plan::CreateView* v) {
    std::string collation;
    std::set<std::string> seen;
    auto once = [&](const char* clause) {
        if (!seen.insert(clause).second)
            c_.fail("DUPLICATE_CLAUSES", {{"clauseName", clause}}, c_.pos());
    };
    while (true) {
        size_t place = c_.pos();
        if (c_.accept(Kw::kComment)) {
            once("COMMENT");
            v->comment = string_literal();
        } else if (c_.at_words({Kw::kWith, Kw::kSchema})) {
            once("WITH SCHEMA");
            v->schema_mode = schema_binding();
            if (v->temporary)
                c_.fail("UNSUPPORTED_FEATURE.TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE", {}, place);
        } else if (c_.accept_words({Kw::kDefault, Kw::kCollation})) {
            once("DEFAULT COLLATION");
            collation = collation_name();
        } else if (c_.accept_words({Kw::kPartitioned, Kw::kOn})) {
            once("PARTITIONED ON");
            identifier_list();
            not_allowed("CREATE VIEW ... PARTITIONED ON", place);
        } else if (c_.accept(Kw::kTblproperties)) {
            once("TBLPROPERTIES");
            v->properties = property_list();
            if (v->temporary)
                not_allowed("TBLPROPERTIES can't coexist with CREATE TEMPORARY VIEW", place);
        } else {
            return collation;
        }
    }
}

plan::CommandPtr Parser::create_view(bool or_replace, bool temporary, bool global, size_t first) {
    c_.expect(Kw::kView);
    auto v = std::make_shared<plan::CreateView>();
    v->or_replace = or_replace;
    v->temporary = temporary;
    v->global = global;
    v->if_not_exists = if_not_exists();
    v->name = table_name();
    bool typed = c_.at(Tok::kLeftParen) && at_identifier(1) && !c_.at(Tok::kComma, 2) &&
                 !c_.at(Tok::kRightParen, 2) && !c_.at(Kw::kComment, 2) &&
                 !c_.at(Tok::kLeftParen, 2);
    if (temporary &&
        (typed || c_.at(Kw::kUsing))) {  // CREATE TEMPORARY VIEW v (a INT) USING provider
        if (v->if_not_exists) c_.fail("_LEGACY_ERROR_TEMP_0053", {}, first);
        if (typed) {
            c_.take();
            v->schema = column_type_list();
            c_.expect(Tok::kRightParen);
        }
        c_.expect(Kw::kUsing);
        v->provider = provider_name();
        if (c_.accept(Kw::kOptions)) v->options = property_list();
        return done(v, first);
    }
    if (c_.at(Tok::kLeftParen)) view_columns(v.get());
    auto collation = view_clauses(v.get());
    c_.expect(Kw::kAs);
    v->query = plan::with_default_collation(view_query(&v->query_sql), collation);
    if (v->or_replace && v->if_not_exists) {
        c_.fail("CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE",
            {{"viewName", quote_identifier(v->name.parts)}}, first);
    }
    if (temporary && v->if_not_exists) c_.fail("_LEGACY_ERROR_TEMP_0053", {}, first);
    return done(v, first);
}

}  // namespace hanok::sql
