"""Settings are read once, all problems named at once, and unsafe ones stop the start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.settings import Settings, SettingsRefused

KEY = "ab" * 32


def test_defaults_are_those_of_the_design():
    settings = Settings.from_environment({})
    assert settings.idle_lock_after == timedelta(minutes=15)
    assert settings.session_ends_after == timedelta(hours=12)
    assert settings.job_retries_after == (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
    assert settings.passphrase_length == 15
    assert not settings.demo


def test_a_variable_is_read_as_its_type():
    settings = Settings.from_environment({
        "KAWAL_IDLE_LOCK_AFTER": "PT20M", "KAWAL_JOB_RETRIES_AFTER": "PT2M, PT1H", "KAWAL_SMTP_PORT": "2525",
        "KAWAL_DEMO": "yes", "KAWAL_KEY": KEY,
    })
    assert settings.idle_lock_after == timedelta(minutes=20)
    assert settings.job_retries_after == (timedelta(minutes=2), timedelta(hours=1))
    assert settings.smtp_port == 2525
    assert settings.demo
    assert settings.key == bytes.fromhex(KEY)


def test_a_demo_never_shares_its_database_or_key_with_the_real_one():
    real, demo = Settings(), Settings(demo=True)
    assert real.database_url != demo.database_url
    assert real.key_file != demo.key_file


REFUSED = [
    ({"KAWAL_PASPHRASE_LENGTH": "20"}, "no such setting"),                               # a typing mistake must not pass
    ({"KAWAL_IDLE_LOCK_AFTER": "15"}, "ISO-8601"),                                       # a bare number has no unit
    ({"KAWAL_IDLE_LOCK_AFTER": "-PT1M"}, "ISO-8601"),
    ({"KAWAL_IDLE_LOCK_AFTER": "PT0S"}, "more than nothing"),
    ({"KAWAL_BASE_URL": "http://kawal.example.go.id"}, "without TLS"),                   # cookies in the clear
    ({"KAWAL_BASE_URL": "javascript:x"}, "http or https"),
    ({"KAWAL_DATABASE_URL": "postgresql://db.example/kawal"}, "sslmode"),                # case data in the clear
    ({"KAWAL_DATABASE_URL": "postgresql:///kawal?host=db.example"}, "sslmode"),          # ... said another way
    ({"KAWAL_DATABASE_URL": "postgresql://db.example/kawal?sslmode=prefer"}, "sslmode"),
    ({"KAWAL_DATABASE_URL": "mysql://x/y"}, "sqlite or postgresql"),
    ({"KAWAL_SMTP_HOST": "mail.example"}, "sender"),
    ({"KAWAL_SMTP_HOST": "mail.example", "KAWAL_SMTP_SENDER": "a@b", "KAWAL_SMTP_TLS": "0"}, "TLS"),
    ({"KAWAL_PASSPHRASE_LENGTH": "8"}, "15"),
    ({"KAWAL_KEY": "abcd"}, "hex"),
    ({"KAWAL_DEMO": "perhaps"}, "true or false"),
]


@pytest.mark.parametrize(("env", "says"), REFUSED)
def test_an_unsafe_or_unreadable_setting_stops_the_start_and_is_named(env, says):
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environment(env)
    assert says in str(refused.value)
    assert "KAWAL_" in str(refused.value)


def test_a_refusal_never_repeats_a_value():
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environment({"KAWAL_KEY": "hunter2hunter2", "KAWAL_DATABASE_URL": "postgresql://u:geheim@h/d"})
    assert "hunter2" not in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_secrets_do_not_show_in_a_repr():
    shown = repr(Settings(key=bytes.fromhex(KEY), database_url="postgresql://u:geheim@localhost/d", smtp_password="sandi"))
    assert "geheim" not in shown
    assert "sandi" not in shown
    assert KEY not in shown


@pytest.mark.parametrize("allowed", [
    {"KAWAL_DATABASE_URL": "postgresql:///kawal?host=/run/postgresql"},
    {"KAWAL_DATABASE_URL": "postgresql+psycopg://db.example/kawal?sslmode=verify-full"},
    {"KAWAL_BASE_URL": "https://kawal.example.go.id"},
])
def test_safe_ways_to_leave_this_machine_are_taken(allowed):
    Settings.from_environment(allowed)


def test_a_key_file_others_may_read_is_refused(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    assert Settings.from_environment({"KAWAL_KEY_FILE": str(file)}).key == bytes.fromhex(KEY)
    file.chmod(0o640)
    with pytest.raises(SettingsRefused, match="0600"):
        Settings.from_environment({"KAWAL_KEY_FILE": str(file)})
