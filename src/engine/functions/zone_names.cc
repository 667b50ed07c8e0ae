#include "engine/functions/zone_names.h"

#include <date/tz.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <memory>
#include <optional>

namespace hanok::engine {

namespace {

using Instant = date::sys_time<std::chrono::microseconds>;

// 2000-01-01, when every zone has a name and none of the northern ones saves daylight.
constexpr int64_t kOfToday = 946684800000000;

std::optional<date::sys_info> info_at(std::string_view zone, int64_t micros) {
    try {
        return date::locate_zone(zone)->get_info(Instant(std::chrono::microseconds(micros)));
    } catch (const std::exception&) {
        return std::nullopt;  // a fixed offset
    }
}

// Solar time has no standard name.
bool is_local_mean(const date::sys_info& info) { return info.abbrev == "LMT"; }

}  // namespace

std::string short_zone_name(std::string_view zone, int64_t local_micros, int64_t offset_micros) {
    auto info = info_at(zone, local_micros - offset_micros);
    if (info && is_local_mean(*info)) info = info_at(zone, kOfToday);
    bool named = info && !info->abbrev.empty() && info->abbrev[0] != '+' && info->abbrev[0] != '-';
    return named ? info->abbrev : std::string(zone);
}

std::string long_zone_name(std::string_view zone, int64_t local_micros, int64_t offset_micros) {
    auto info = info_at(zone, local_micros - offset_micros);
    if (!info) return std::string(zone);
    bool daylight = info->save != std::chrono::minutes(0) && !is_local_mean(*info);
    std::unique_ptr<icu::TimeZone> known(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(std::string(zone))));
    icu::UnicodeString name;
    known->getDisplayName(daylight, icu::TimeZone::LONG, icu::Locale::getUS(), name);
    std::string out;
    name.toUTF8String(out);
    return out.empty() ? std::string(zone) : out;
}

int64_t standardised_offset(std::string_view zone, int64_t local_micros, int64_t offset_micros) {
    auto info = info_at(zone, local_micros - offset_micros);
    if (!info || !is_local_mean(*info)) return offset_micros;
    auto today = info_at(zone, kOfToday);
    return std::chrono::microseconds(today->offset - today->save).count();
}

}  // namespace hanok::engine
