// Types as text: simple strings, SQL, DDL and the JSON of schemas.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "types/char_type.h"
#include "types/data_type.h"
#include "types/geo.h"

namespace hanok::types {

namespace {

using Json = nlohmann::ordered_json;

const char* year_month_unit(int field) { return field == 0 ? "year" : "month"; }
const char* day_time_unit(int field) {
    static const char* const names[] = {"day", "hour", "minute", "second"};
    return names[field];
}

std::string interval_name(const DataType& type) {
    auto unit = type.is(TypeId::kYearMonthInterval) ? year_month_unit : day_time_unit;
    std::string out = std::string("interval ") + unit(type.start_field());
    if (type.end_field() != type.start_field()) out += std::string(" to ") + unit(type.end_field());
    return out;
}

std::string digits(const char* name, int a) {
    return std::string(name) + "(" + std::to_string(a) + ")";
}
std::string digits(const char* name, int a, int b) {
    return std::string(name) + "(" + std::to_string(a) + "," + std::to_string(b) + ")";
}

std::string geo_name(const DataType& type) {
    auto srid = srid_of(type) == kAnySrid ? "any" : std::to_string(srid_of(type));
    return (is_geography(type) ? "geography(" : "geometry(") + srid + ")";
}

// In schemas a reference system has its name, and geographies their edges: great circles.
std::string geo_json(const DataType& type) {
    auto crs = srid_of(type) == kAnySrid ? kAnyCrs : crs_of_srid(srid_of(type), is_geography(type));
    return is_geography(type) ? "geography(" + crs + ", " + kGeographyAlgorithm + ")"
                              : "geometry(" + crs + ")";
}

std::string quoted_text(const std::string& text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

}  // namespace

std::optional<std::string> StructField::comment() const {
    if (metadata.empty()) return std::nullopt;
    auto j = Json::parse(metadata, nullptr, false);
    if (!j.is_object() || !j.contains("comment") || !j["comment"].is_string()) return std::nullopt;
    return j["comment"].get<std::string>();
}

std::string DataType::type_name() const {
    if (is_geo(*this)) return geo_name(*this);
    switch (id_) {
        case TypeId::kNull: return "void";
        case TypeId::kBoolean: return "boolean";
        case TypeId::kByte: return "byte";
        case TypeId::kShort: return "short";
        case TypeId::kInteger: return "integer";
        case TypeId::kLong: return "long";
        case TypeId::kFloat: return "float";
        case TypeId::kDouble: return "double";
        case TypeId::kDecimal: return digits("decimal", a_, b_);
        case TypeId::kString:
            return is_default_collation() ? "string" : "string collate " + collation_;
        case TypeId::kChar: return digits("char", a_);
        case TypeId::kVarchar: return digits("varchar", a_);
        case TypeId::kBinary: return "binary";
        case TypeId::kDate: return "date";
        case TypeId::kTimestamp: return "timestamp";
        case TypeId::kTimestampNtz: return "timestamp_ntz";
        case TypeId::kTime: return digits("time", a_);
        case TypeId::kYearMonthInterval:
        case TypeId::kDayTimeInterval: return interval_name(*this);
        case TypeId::kCalendarInterval: return "interval";
        case TypeId::kArray: return "array";
        case TypeId::kMap: return "map";
        case TypeId::kStruct: return "struct";
        case TypeId::kVariant: return "variant";
    }
    return "void";
}

std::string DataType::simple_string() const {
    switch (id_) {
        case TypeId::kByte: return "tinyint";
        case TypeId::kShort: return "smallint";
        case TypeId::kInteger: return "int";
        case TypeId::kLong: return "bigint";
        case TypeId::kArray: return "array<" + child_->simple_string() + ">";
        case TypeId::kMap:
            return "map<" + key_->simple_string() + "," + child_->simple_string() + ">";
        case TypeId::kStruct: {
            std::string out = "struct<";
            for (size_t i = 0; i < fields_.size(); ++i) {
                out += (i ? "," : "") + fields_[i].name + ":" + fields_[i].type->simple_string();
            }
            return out + ">";
        }
        default: return type_name();
    }
}

std::string DataType::sql() const {
    switch (id_) {
        case TypeId::kString:
            return is_default_collation() ? "STRING" : "STRING COLLATE " + collation_;
        case TypeId::kArray: return "ARRAY<" + child_->sql() + ">";
        case TypeId::kMap: return "MAP<" + key_->sql() + ", " + child_->sql() + ">";
        case TypeId::kStruct: {
            std::string out = "STRUCT<";
            for (size_t i = 0; i < fields_.size(); ++i) {
                const auto& f = fields_[i];
                out += (i ? ", " : "") + quote_if_needed({f.name}) + ": " + f.type->sql() +
                       (f.nullable ? "" : " NOT NULL");
                if (auto comment = f.comment()) out += " COMMENT " + quoted_text(*comment);
            }
            return out + ">";
        }
        default: return to_upper(simple_string());
    }
}

std::string DataType::ddl() const {
    std::string out;
    for (const auto& f : fields_) {
        out += (out.empty() ? "" : ",") + quote_if_needed({f.name}) + " " + f.type->sql() +
               (f.nullable ? "" : " NOT NULL");
        if (auto comment = f.comment()) out += " COMMENT " + quoted_text(*comment);
    }
    return out;
}

namespace {

Json to_json(const DataType& type) {
    if (is_geo(type)) return geo_json(type);
    switch (type.id()) {
        case TypeId::kString: return "string";  // collations live in the field's metadata
        case TypeId::kArray: {
            Json j;
            j["type"] = "array";
            j["elementType"] = to_json(*type.element());
            j["containsNull"] = type.contains_null();
            return j;
        }
        case TypeId::kMap: {
            Json j;
            j["type"] = "map";
            j["keyType"] = to_json(*type.key());
            j["valueType"] = to_json(*type.value());
            j["valueContainsNull"] = type.value_contains_null();
            return j;
        }
        case TypeId::kStruct: {
            Json fields = Json::array();
            for (const auto& f : type.fields()) {
                Json field;
                field["name"] = f.name;
                field["type"] = to_json(*f.type);
                field["nullable"] = f.nullable;
                field["metadata"] = f.metadata.empty() ? Json::object() : Json::parse(f.metadata);
                if (holds_char(*f.type)) {
                    field["type"] = to_json(*DataType::replace_char_varchar(f.type));
                    field["metadata"][kCharTypeKey] = f.type->simple_string();
                }
                if (f.type->is(TypeId::kString) && !f.type->is_default_collation()) {
                    const auto& name = f.type->collation();
                    const char* provider = name.starts_with("UTF8_") ? "spark." : "icu.";
                    field["metadata"]["__COLLATIONS"][f.name] = provider + name;
                }
                fields.push_back(std::move(field));
            }
            Json j;
            j["type"] = "struct";
            j["fields"] = std::move(fields);
            return j;
        }
        default: return type.type_name();
    }
}

[[noreturn]] void invalid_json(const std::string& text) {
    throw analysis_error("INVALID_JSON_DATA_TYPE", {{"invalidType", text}});
}

bool two_numbers(const std::string& text, const std::string& prefix, int* a, int* b) {
    if (!text.starts_with(prefix + "(") || !text.ends_with(")")) return false;
    std::string inner = text.substr(prefix.size() + 1, text.size() - prefix.size() - 2);
    size_t comma = inner.find(',');
    try {
        *a = std::stoi(inner.substr(0, comma));
        *b = comma == std::string::npos ? 0 : std::stoi(inner.substr(comma + 1));
    } catch (const std::exception&) {
        return false;
    }
    return true;
}

TypePtr interval_from_name(const std::string& name) {
    for (int start = 0; start < 4; ++start) {
        for (int end = start; end < 4; ++end) {
            auto day = DataType::day_time_interval(start, end);
            if (day->type_name() == name) return day;
            if (end > 1) continue;
            auto year = DataType::year_month_interval(start, end);
            if (year->type_name() == name) return year;
        }
    }
    return nullptr;
}

std::string trimmed(const std::string& text) {
    auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// "geometry", "geometry(EPSG:3857)", "geography(OGC:CRS84, SPHERICAL)"; null for other names.
TypePtr geo_from_name(const std::string& name) {
    bool is_geographic = name.starts_with("geography");
    if (!is_geographic && !name.starts_with("geometry")) return nullptr;
    auto type = is_geographic ? geography_type : geometry_type;
    std::string rest = name.substr(is_geographic ? 9 : 8);
    if (rest.empty()) return type(kDefaultSrid);
    if (!rest.starts_with("(") || !rest.ends_with(")")) return nullptr;
    rest = rest.substr(1, rest.size() - 2);
    if (auto comma = rest.find(','); is_geographic && comma != std::string::npos) {
        auto algorithm = trimmed(rest.substr(comma + 1));
        if (algorithm != kGeographyAlgorithm)
            throw analysis_error("ST_INVALID_ALGORITHM_VALUE", {{"alg", algorithm}});
        rest = rest.substr(0, comma);
    }
    auto crs = trimmed(rest);
    if (names_equal(crs, kAnyCrs)) return type(kAnySrid);
    auto srid = srid_of_crs(crs, is_geographic);
    if (!srid) throw analysis_error("ST_INVALID_CRS_VALUE", {{"crs", crs}});
    return type(*srid);
}

TypePtr atomic_from_name(const std::string& name) {
    int a = 0;
    int b = 0;
    if (name == "void" || name == "null") return DataType::null();
    if (name == "boolean") return DataType::boolean();
    if (name == "byte" || name == "tinyint") return DataType::byte();
    if (name == "short" || name == "smallint") return DataType::short_();
    if (name == "integer" || name == "int") return DataType::integer();
    if (name == "long" || name == "bigint") return DataType::long_();
    if (name == "float") return DataType::float_();
    if (name == "double") return DataType::double_();
    if (name == "decimal") return DataType::decimal(10, 0);
    if (two_numbers(name, "decimal", &a, &b)) return DataType::decimal(a, b);
    if (name == "string") return DataType::string();
    if (name.starts_with("string collate ")) return DataType::string(name.substr(15));
    if (two_numbers(name, "char", &a, &b)) return DataType::char_(a);
    if (two_numbers(name, "varchar", &a, &b)) return DataType::varchar(a);
    if (name == "binary") return DataType::binary();
    if (name == "date") return DataType::date();
    if (name == "timestamp" || name == "timestamp_ltz") return DataType::timestamp();
    if (name == "timestamp_ntz") return DataType::timestamp_ntz();
    if (two_numbers(name, "time", &a, &b)) return DataType::time(a);
    if (name == "interval" || name == "calendarinterval") return DataType::calendar_interval();
    if (name == "variant") return DataType::variant();
    if (auto geo = geo_from_name(name)) return geo;
    return interval_from_name(name);
}

TypePtr from_json(const Json& j);

StructField field_from_json(const Json& j) {
    if (!j.is_object() || !j.contains("name") || !j.contains("type")) invalid_json(j.dump());
    StructField field{
        j["name"].get<std::string>(), from_json(j["type"]), j.value("nullable", true), ""};
    if (j.contains("metadata") && j["metadata"].is_object() && !j["metadata"].empty()) {
        Json metadata = j["metadata"];
        if (metadata.contains("__COLLATIONS")) {
            const auto& collations = metadata["__COLLATIONS"];
            if (collations.contains(field.name) && field.type->is(TypeId::kString)) {
                auto name = collations[field.name].get<std::string>();
                field.type = DataType::string(name.substr(name.find('.') + 1));
                metadata.erase("__COLLATIONS");
            }
        }
        if (auto raw = metadata.find(kCharTypeKey); raw != metadata.end() && raw->is_string()) {
            field.type = with_char_text(field.type, raw->get<std::string>());
            metadata.erase(kCharTypeKey);
        }
        if (!metadata.empty()) field.metadata = metadata.dump();
    }
    return field;
}

TypePtr from_json(const Json& j) {
    if (j.is_string()) {
        auto type = atomic_from_name(j.get<std::string>());
        if (!type) invalid_json(j.get<std::string>());
        return type;
    }
    if (!j.is_object() || !j.contains("type")) invalid_json(j.dump());
    if (!j["type"].is_string()) return from_json(j["type"]);
    auto kind = j["type"].get<std::string>();
    if (kind == "array" && j.contains("elementType")) {
        return DataType::array(from_json(j["elementType"]), j.value("containsNull", true));
    }
    if (kind == "map" && j.contains("keyType") && j.contains("valueType")) {
        return DataType::map(
            from_json(j["keyType"]), from_json(j["valueType"]), j.value("valueContainsNull", true));
    }
    if (kind == "struct" && j.contains("fields")) {
        Fields fields;
        for (const auto& f : j["fields"]) fields.push_back(field_from_json(f));
        return DataType::struct_(std::move(fields));
    }
    if (kind == "udt" && j.contains("sqlType")) return from_json(j["sqlType"]);
    invalid_json(j.dump());
}

}  // namespace

std::string DataType::json() const { return to_json(*this).dump(); }

TypePtr type_from_json(const std::string& json) {
    auto j = Json::parse(json, nullptr, false);
    if (j.is_discarded()) {
        if (auto type = atomic_from_name(json)) return type;
        invalid_json(json);
    }
    return from_json(j);
}

}  // namespace hanok::types
