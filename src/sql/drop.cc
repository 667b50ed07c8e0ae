// DROP.
#include "sql/parser_impl.h"

namespace hanok::sql {

plan::CommandPtr Parser::drop_statement() {
    size_t first = c_.pos();
    c_.expect(Kw::kDrop);
    if (c_.at(Kw::kCatalog) || at_namespace_word()) {
        bool catalog = c_.take().keyword == Kw::kCatalog;
        bool exists = if_exists();
        TableName name = table_name();
        bool cascade = c_.accept(Kw::kCascade);
        if (!cascade) c_.accept(Kw::kRestrict);
        if (catalog) {
            auto d = std::make_shared<plan::DropCatalog>();
            if (name.identifier || name.parts.size() != 1) c_.fail_syntax();
            d->name = name.parts[0];
            d->if_exists = exists;
            d->cascade = cascade;
            return done(d, first);
        }
        auto d = std::make_shared<plan::DropNamespace>();
        d->name = std::move(name);
        d->if_exists = exists;
        d->cascade = cascade;
        return done(d, first);
    }
    if (c_.accept(Kw::kTable)) {
        auto d = std::make_shared<plan::DropTable>();
        d->if_exists = if_exists();
        d->name = table_name();
        d->purge = c_.accept(Kw::kPurge);
        return done(d, first);
    }
    if (c_.accept(Kw::kView)) {
        auto d = std::make_shared<plan::DropView>();
        d->if_exists = if_exists();
        d->name = table_name();
        return done(d, first);
    }
    if (c_.at(Kw::kTemporary) && c_.at_any({Kw::kVariable, Kw::kVar}, 1))
        return drop_variable(first);
    if (c_.at(Kw::kFunction) || c_.at_words({Kw::kTemporary, Kw::kFunction})) {
        auto d = std::make_shared<plan::DropFunction>();
        d->temporary = c_.accept(Kw::kTemporary);
        c_.expect(Kw::kFunction);
        d->if_exists = if_exists();
        d->name = table_name();
        return done(d, first);
    }
    bool known = c_.at_any(
                     {Kw::kIndex, Kw::kRole, Kw::kMaterialized, Kw::kExternal, Kw::kProcedure}) ||
                 c_.at_text("VOLUME") || c_.at_text("CONNECTION") || c_.at_text("SHARE") ||
                 c_.at_text("RECIPIENT") || c_.at_words({Kw::kTemporary, Kw::kMacro});
    if (!known) c_.fail_syntax();
    return unsupported_statement(
        "DROP " + types::to_upper(std::string(c_.spelling(c_.peek()))), first);
}

}  // namespace hanok::sql
