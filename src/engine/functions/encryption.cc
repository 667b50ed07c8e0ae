// aes_encrypt, aes_decrypt.

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "engine/functions/groups.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

constexpr size_t kGcmIv = 12, kGcmTag = 16, kCbcIv = 16;

enum class CipherMode { kGcm, kCbc, kEcb };

[[noreturn]] void bad_parameter(
    const std::string& subclass, const char* function, ErrorParameters more) {
    more["functionName"] = std::string("`") + function + "`";
    raise(runtime_error("INVALID_PARAMETER_VALUE." + subclass, std::move(more)));
}

[[noreturn]] void unsupported_mode(std::string_view mode, std::string_view padding) {
    raise(runtime_error("UNSUPPORTED_FEATURE.AES_MODE",
        {{"mode", std::string(mode)}, {"padding", std::string(padding)}}));
}

CipherMode mode_named(std::string_view mode, std::string_view padding) {
    auto m = types::to_upper(std::string(mode)), p = types::to_upper(std::string(padding));
    if (m == "GCM" && (p == "DEFAULT" || p == "NONE")) return CipherMode::kGcm;
    if (m == "CBC" && (p == "DEFAULT" || p == "PKCS")) return CipherMode::kCbc;
    if (m == "ECB" && (p == "DEFAULT" || p == "PKCS")) return CipherMode::kEcb;
    unsupported_mode(mode, padding);
}

const EVP_CIPHER* cipher(CipherMode mode, size_t key_bytes, const char* function) {
    if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32) {
        bad_parameter("AES_KEY_LENGTH", function,
            {{"parameter", "`key`"}, {"actualLength", std::to_string(key_bytes)}});
    }
    size_t i = key_bytes / 8 - 2;
    const EVP_CIPHER* gcm[] = {EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm()};
    const EVP_CIPHER* cbc[] = {EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc()};
    const EVP_CIPHER* ecb[] = {EVP_aes_128_ecb(), EVP_aes_192_ecb(), EVP_aes_256_ecb()};
    return mode == CipherMode::kGcm ? gcm[i] : mode == CipherMode::kCbc ? cbc[i] : ecb[i];
}

const unsigned char* bytes(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

using Context = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

std::string random_bytes(size_t n) {
    std::string out(n, '\0');
    RAND_bytes(bytes(out), static_cast<int>(n));
    return out;
}

Blob encrypt(std::string_view data, std::string_view key, CipherMode mode,
    std::string_view given_iv, std::string_view aad) {
    const auto* kind = cipher(mode, key.size(), "aes_encrypt");
    size_t iv_size = mode == CipherMode::kGcm ? kGcmIv : mode == CipherMode::kCbc ? kCbcIv : 0;
    if (!given_iv.empty() && iv_size == 0)
        raise(runtime_error("UNSUPPORTED_FEATURE.AES_MODE_IV",
            {{"mode", "ECB"}, {"functionName", "`aes_encrypt`"}}));
    if (!aad.empty() && mode != CipherMode::kGcm) {
        raise(runtime_error(
            "UNSUPPORTED_FEATURE.AES_MODE_AAD", {{"mode", mode == CipherMode::kCbc ? "CBC" : "ECB"},
                                                    {"functionName", "`aes_encrypt`"}}));
    }
    if (!given_iv.empty() && given_iv.size() != iv_size) {
        bad_parameter("AES_IV_LENGTH", "aes_encrypt",
            {{"parameter", "`iv`"}, {"mode", mode == CipherMode::kGcm ? "GCM" : "CBC"},
                {"actualLength", std::to_string(given_iv.size())}});
    }
    std::string iv = given_iv.empty() ? random_bytes(iv_size) : std::string(given_iv);
    Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    EVP_EncryptInit_ex(context.get(), kind, nullptr, bytes(key), iv.empty() ? nullptr : bytes(iv));
    int n = 0, more = 0;
    if (!aad.empty())
        EVP_EncryptUpdate(context.get(), nullptr, &n, bytes(aad), static_cast<int>(aad.size()));
    std::string out(data.size() + 32, '\0');
    EVP_EncryptUpdate(context.get(), bytes(out), &n, bytes(data), static_cast<int>(data.size()));
    EVP_EncryptFinal_ex(context.get(), bytes(out) + n, &more);
    out.resize(static_cast<size_t>(n + more));
    if (mode == CipherMode::kGcm) {
        std::string tag(kGcmTag, '\0');
        EVP_CIPHER_CTX_ctrl(
            context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kGcmTag), tag.data());
        out += tag;
    }
    return {iv + out};
}

std::optional<Blob> decrypt(
    std::string_view data, std::string_view key, CipherMode mode, std::string_view aad) {
    const auto* kind = cipher(mode, key.size(), "aes_decrypt");
    size_t iv_size = mode == CipherMode::kGcm ? kGcmIv : mode == CipherMode::kCbc ? kCbcIv : 0;
    size_t tag_size = mode == CipherMode::kGcm ? kGcmTag : 0;
    if (data.size() < iv_size + tag_size) return std::nullopt;
    auto iv = data.substr(0, iv_size);
    auto body = data.substr(iv_size, data.size() - iv_size - tag_size);
    std::string tag(data.substr(data.size() - tag_size));
    Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    EVP_DecryptInit_ex(context.get(), kind, nullptr, bytes(key), iv.empty() ? nullptr : bytes(iv));
    int n = 0, more = 0;
    if (!aad.empty() && mode == CipherMode::kGcm)
        EVP_DecryptUpdate(context.get(), nullptr, &n, bytes(aad), static_cast<int>(aad.size()));
    std::string out(body.size() + 32, '\0');
    n = 0;
    if (EVP_DecryptUpdate(
            context.get(), bytes(out), &n, bytes(body), static_cast<int>(body.size())) != 1)
        return std::nullopt;
    if (tag_size > 0)
        EVP_CIPHER_CTX_ctrl(
            context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kGcmTag), tag.data());
    if (EVP_DecryptFinal_ex(context.get(), bytes(out) + n, &more) != 1) return std::nullopt;
    out.resize(static_cast<size_t>(n + more));
    return Blob{out};
}

}  // namespace

void add_encryption(KernelSet& kernels) {
    kernels.add(
        "spark_aes_encrypt",
        [](Bytes data, Bytes key, std::string_view mode, std::string_view padding, Bytes iv,
            Bytes aad) {
            return encrypt(data.data, key.data, mode_named(mode, padding), iv.data, aad.data);
        },
        Fallible::kYes);
    kernels.add(
        "spark_aes_decrypt",
        [](Bytes data, Bytes key, std::string_view mode, std::string_view padding, Bytes aad) {
            if (auto plain = decrypt(data.data, key.data, mode_named(mode, padding), aad.data))
                return *plain;
            bad_parameter("AES_CRYPTO_ERROR", "aes_decrypt",
                {{"parameter", "`expr`, `key`"},
                    {"detailMessage", "the input cannot be decrypted with this key"}});
        },
        Fallible::kYes);
    kernels.add(
        "spark_try_aes_decrypt",
        [](Bytes data, Bytes key, std::string_view mode, std::string_view padding,
            Bytes aad) -> std::optional<Blob> {
            if (key.data.size() != 16 && key.data.size() != 24 && key.data.size() != 32)
                return std::nullopt;
            return decrypt(data.data, key.data, mode_named(mode, padding), aad.data);
        },
        Fallible::kYes);
}

}  // namespace hanok::engine
