// Delta Lake's own statements.
#include <algorithm>

#include "sql/parser_impl.h"

namespace hanok::sql {

void Parser::table_or_path(TableName* name, std::string* path) {
    if (at_string()) {
        *path = string_literal();
    } else {
        *name = table_name();
    }
}

plan::CommandPtr Parser::optimize() {
    size_t first = c_.pos();
    c_.expect(Kw::kOptimize);
    auto o = std::make_shared<plan::Optimize>();
    table_or_path(&o->name, &o->path);
    o->full = c_.accept(Kw::kFull);
    if (c_.accept(Kw::kWhere)) o->where = expression();
    if (c_.accept_words({Kw::kZorder, Kw::kBy})) {
        bool paren = c_.accept(Tok::kLeftParen);
        o->zorder_by = multipart_identifier_list();
        if (paren) c_.expect(Tok::kRightParen);
    }
    return done(o, first);
}

// UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = n)
void Parser::reorg_upgrade(plan::Optimize& command) {
    for (const char* word : {"UPGRADE", "UNIFORM"}) {
        if (!c_.at_text(word)) c_.fail_syntax();
        c_.take();
    }
    c_.expect(Tok::kLeftParen);
    if (!c_.at_text("ICEBERG_COMPAT_VERSION")) c_.fail_syntax();
    c_.take();
    c_.expect(Tok::kEqual);
    command.iceberg_compat_version = static_cast<int32_t>(
        std::clamp<int64_t>(integer_value(), INT32_MIN, INT32_MAX));
    c_.expect(Tok::kRightParen);
}

// REORG TABLE t [WHERE …] APPLY (PURGE | UPGRADE UNIFORM (…))
plan::CommandPtr Parser::reorg() {
    size_t first = c_.pos();
    c_.expect_words({Kw::kReorg, Kw::kTable});
    auto o = std::make_shared<plan::Optimize>();
    table_or_path(&o->name, &o->path);
    if (c_.accept(Kw::kWhere)) o->where = expression();
    if (!c_.at_text("APPLY")) c_.fail_syntax();
    c_.take();
    c_.expect(Tok::kLeftParen);
    if (c_.at_text("UPGRADE")) {
        if (o->where) c_.fail_syntax();
        reorg_upgrade(*o);
    } else {
        if (!c_.at_text("PURGE")) c_.fail_syntax();
        c_.take();
        o->purge = true;
    }
    c_.expect(Tok::kRightParen);
    return done(o, first);
}

// [SHALLOW | DEEP] CLONE source [VERSION | TIMESTAMP AS OF …] [TBLPROPERTIES (…)] [LOCATION '…'];
// deep where nothing is said.
std::shared_ptr<plan::CloneTable> Parser::clone_table() {
    auto clone = std::make_shared<plan::CloneTable>();
    clone->deep = !c_.accept(Kw::kShallow);
    if (clone->deep) c_.accept(Kw::kDeep);
    c_.expect(Kw::kClone);
    plan::NamedTable source;
    std::string path;
    table_or_path(&clone->source, &path);
    if (!path.empty()) clone->source.parts = {"delta", path};
    temporal_clause(&source);
    clone->when = source.time_travel;
    while (c_.at_any({Kw::kTblproperties, Kw::kLocation})) {
        if (c_.accept(Kw::kTblproperties)) {
            clone->properties = property_list();
        } else if (c_.accept(Kw::kLocation)) {
            clone->location = string_literal();
        }
    }
    return clone;
}

// CONVERT TO DELTA parquet.`path` | table [NO STATISTICS] [PARTITIONED BY (column type, …)]
plan::CommandPtr Parser::convert_to_delta() {
    size_t first = c_.pos();
    c_.expect(Kw::kConvert);
    c_.expect(Kw::kTo);
    if (!c_.at_text("DELTA")) c_.fail_syntax();
    c_.take();
    auto convert = std::make_shared<plan::ConvertToDelta>();
    convert->name = table_name();
    bool partitioned = false;
    while (true) {
        if (!convert->no_statistics && c_.accept_words({Kw::kNo, Kw::kStatistics})) {
            convert->no_statistics = true;
        } else if (!partitioned && c_.accept_words({Kw::kPartitioned, Kw::kBy})) {
            partitioned = true;
            c_.expect(Tok::kLeftParen);
            convert->partition_schema = column_type_list();
            c_.expect(Tok::kRightParen);
        } else {
            return done(convert, first);
        }
    }
}

plan::CommandPtr Parser::generate() {
    size_t first = c_.pos();
    c_.expect(Kw::kGenerate);
    auto out = std::make_shared<plan::GenerateManifest>();
    out->mode = at_string() ? string_literal() : identifier();
    c_.expect(Kw::kFor);
    c_.expect(Kw::kTable);
    table_or_path(&out->name, &out->path);
    return done(out, first);
}

// VACUUM t [LITE | FULL] [USING INVENTORY t | (query)] [RETAIN n HOURS | DAYS] [DRY RUN], in any
// order.
plan::CommandPtr Parser::vacuum() {
    constexpr double kHoursPerDay = 24;
    size_t first = c_.pos();
    c_.expect(Kw::kVacuum);
    auto v = std::make_shared<plan::Vacuum>();
    table_or_path(&v->name, &v->path);
    bool mode = false;
    while (true) {
        if (!mode && c_.at_any({Kw::kLite, Kw::kFull})) {
            v->lite = c_.take().keyword == Kw::kLite;
            mode = true;
        } else if (!v->dry_run && c_.accept_words({Kw::kDry, Kw::kRun})) {
            v->dry_run = true;
        } else if (!v->inventory && c_.accept_words({Kw::kUsing, Kw::kInventory})) {
            size_t place = c_.pos();
            if (c_.accept(Tok::kLeftParen)) {
                v->inventory = query();
                c_.expect(Tok::kRightParen);
            } else {
                v->inventory = named_table(table_name(), place);
            }
        } else if (!v->retain_hours && c_.accept(Kw::kRetain)) {
            bool number = c_.at(Tok::kInteger) || c_.at(Tok::kDecimal);
            if (!number) c_.fail_syntax();
            double amount = std::strtod(std::string(c_.spelling(c_.take())).c_str(), nullptr);
            bool days = c_.at_any({Kw::kDay, Kw::kDays});
            if (!days && !c_.at_any({Kw::kHour, Kw::kHours})) c_.fail_syntax();
            c_.take();
            v->retain_hours = days ? amount * kHoursPerDay : amount;
        } else {
            return done(v, first);
        }
    }
}

plan::CommandPtr Parser::restore() {
    size_t first = c_.pos();
    c_.expect(Kw::kRestore);
    if (c_.at(Kw::kTable) && (at_identifier(1) || c_.at(Tok::kString, 1))) c_.take();
    auto r = std::make_shared<plan::Restore>();
    table_or_path(&r->name, &r->path);
    c_.expect(Kw::kTo);
    bool version = c_.at(Kw::kVersion);
    if (!version && !c_.at(Kw::kTimestamp)) c_.fail_syntax();
    c_.take();
    c_.expect_words({Kw::kAs, Kw::kOf});
    if (version) {
        r->target.version = constant();
    } else {
        r->target.timestamp = expression();
    }
    return done(r, first);
}

plan::CommandPtr Parser::describe_history(size_t first) {
    c_.expect(Kw::kHistory);
    auto d = std::make_shared<plan::DescribeHistory>();
    table_or_path(&d->name, &d->path);
    if (c_.accept(Kw::kLimit)) d->limit = integer_value();
    return done(d, first);
}

plan::CommandPtr Parser::describe_detail(size_t first) {
    c_.expect(Kw::kDetail);
    auto d = std::make_shared<plan::DescribeDetail>();
    table_or_path(&d->name, &d->path);
    return done(d, first);
}

}  // namespace hanok::sql
