// SET, RESET and SET TIME ZONE.

#include "base/error.h"
#include "commands/command.h"
#include "commands/rows.h"

namespace hanok::commands {

namespace {

Rows key_value_rows() {
    return Rows(
        {{"key", types::DataType::string(), false}, {"value", types::DataType::string(), false}});
}

Output set_time_zone(Session& session, const plan::SetConfig& command) {
    const std::string key = "spark.sql.session.timeZone";
    std::string zone = command.value.value_or("");
    if (command.time_zone) {
        auto [value, type] = session.analyzer()->fold(command.time_zone);
        if (type->is_string()) {
            zone = value.as_string();
        } else if (type->is(types::TypeId::kDayTimeInterval)) {
            int64_t seconds = value.as_int() / 1000000;
            if (seconds > 18 * 3600 || seconds < -18 * 3600 || value.as_int() % 1000000 != 0) {
                throw parse_error("INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE",
                    {{"input", std::to_string(seconds)}});
            }
            char text_form[16];
            int64_t magnitude = std::abs(seconds);
            snprintf(text_form, sizeof text_form, "%c%02d:%02d", seconds < 0 ? '-' : '+',
                static_cast<int>(magnitude / 3600), static_cast<int>(magnitude / 60 % 60));
            zone = text_form;
            if (auto rest = magnitude % 60; rest != 0)
                zone += (rest < 10 ? ":0" : ":") + std::to_string(rest);
        }
    }
    if (types::to_lower(zone) == "local") zone = session::Config::machine_time_zone();
    session.config().set(key, zone);
    auto rows = key_value_rows();
    rows.add({text(key), text(zone)});
    return std::move(rows).plan();
}

// SET v = 1 would set a configuration key where a variable is meant.
void refuse_variable(Session& session, const std::string& key) {
    auto dot = key.rfind('.');
    auto scope = types::to_lower(key.substr(0, dot == std::string::npos ? 0 : dot));
    if (!scope.empty() && scope != "session" && scope != "system.session") return;
    auto name = dot == std::string::npos ? key : key.substr(dot + 1);
    if (session.find_variable(name)) {
        throw unsupported_error("UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET",
            {{"variableName", quote_identifier({"system", "session", types::to_lower(name)})}});
    }
}

// SET hivevar:x = 1 sets x, which ${x} and ${hivevar:x} then stand for.
std::string variable_or_key(const std::string& key) {
    static const std::string kPrefix = "hivevar:";
    bool is_variable = key.size() > kPrefix.size() && key.compare(0, kPrefix.size(), kPrefix) == 0;
    return is_variable ? key.substr(kPrefix.size()) : key;
}

}  // namespace

Output set_config(Session& session, const plan::SetConfig& command) {
    if (command.is_time_zone) return set_time_zone(session, command);
    if (command.value) refuse_variable(session, *command.key);
    auto& config = session.config();
    if (!command.key) {
        if (command.verbose) {
            Rows rows({{"key", types::DataType::string(), false},
                {"value", types::DataType::string(), false},
                {"meaning", types::DataType::string(), false},
                {"Since version", types::DataType::string(), false}});
            for (const auto& [key, value] : config.all())
                rows.add({text(key), text(value), text(""), text("")});
            return std::move(rows).plan();
        }
        auto rows = key_value_rows();
        for (const auto& [key, value] : config.all_set()) rows.add({text(key), text(value)});
        return std::move(rows).plan();
    }
    auto rows = key_value_rows();
    if (command.value) {
        config.set(variable_or_key(*command.key), *command.value);
        rows.add({text(*command.key), text(*command.value)});
    } else {
        rows.add({text(*command.key), text(config.find(*command.key).value_or("<undefined>"))});
    }
    return std::move(rows).plan();
}

Output reset_config(Session& session, const plan::ResetConfig& command) {
    if (command.key) {
        session.config().unset(*command.key);
    } else {
        session.config().reset();
    }
    return nullptr;
}

}  // namespace hanok::commands
