//! The frameworks: their receiver is the code of the topic `receivers`, with a few edits, so that there is one source.

use crate::output::{Exit, Failure};
use crate::topics::{Block, Topic};

/// A file to write.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) name: &'static str,
    /// What it is, in a few words.
    pub(super) about: &'static str,
    pub(super) text: String,
}

#[derive(Debug)]
pub(super) struct Framework {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The block of the topic.
    block: &'static str,
    receiver: &'static str,
    /// Parts of it, each there once, and what replaces them.
    edits: &'static [(&'static str, &'static str)],
    language: &'static Language,
    /// The file that names the packages, if there is one.
    packages: Option<(&'static str, &'static str)>,
    /// What starts the server in the test, as the language writes it.
    command: &'static str,
    /// Commands to run after it.
    pub(super) next: &'static [&'static str],
}

/// What the frameworks of a language share.
#[derive(Debug)]
struct Language {
    /// The file that processes each event once.
    events: (&'static str, &'static str),
    test: (&'static str, &'static str),
}

static NODE: Language = Language {
    events: ("events.cjs", include_str!("templates/events.cjs")),
    test: ("receiver.test.cjs", include_str!("templates/receiver.test.cjs")),
};
static PYTHON: Language = Language {
    events: ("events.py", include_str!("templates/events.py")),
    test: ("test_receiver.py", include_str!("templates/test_receiver.py")),
};
static RUBY: Language = Language {
    events: ("events.rb", include_str!("templates/events.rb")),
    test: ("test_receiver.rb", include_str!("templates/test_receiver.rb")),
};
static PHP: Language = Language {
    events: ("events.php", include_str!("templates/events.php")),
    test: ("test.php", include_str!("templates/test.php")),
};
static GO: Language = Language {
    events: ("events.go", include_str!("templates/events.go")),
    test: ("receiver_test.go", include_str!("templates/receiver_test.go")),
};

const NPM: &[&str] = &["npm install", "npm test", "cstar dev --path /webhook -- npm run dev"];
const PIP: &[&str] = &[
    "python3 -m pip install -r requirements.txt",
    "python3 test_receiver.py",
    "cstar dev --path /webhook -- python3 receiver.py",
];
const RUN_NODE: &str = "['node', 'receiver.cjs']";
const REQUIRE: &str = "const { receive } = require('./events.cjs');\nconst app = require(";

pub(super) static FRAMEWORKS: [Framework; 9] = [
    Framework {
        name: "express",
        title: "Node with Express",
        block: "js express",
        receiver: "receiver.cjs",
        edits: &[
            ("const app = require(", REQUIRE),
            (
                "  if (authentic) console.log('verified', JSON.parse(req.body).type);\n  res.sendStatus(authentic ? 200 : 401);",
                "  if (!authentic) return res.sendStatus(401);\n  receive(req.body).then((status) => res.sendStatus(status));",
            ),
            ("app.listen(3000)", "app.listen(process.env.PORT ?? 3000)"),
        ],
        language: &NODE,
        packages: Some(("package.json", include_str!("templates/express.json"))),
        command: RUN_NODE,
        next: NPM,
    },
    Framework {
        name: "fastify",
        title: "Node with Fastify",
        block: "js fastify",
        receiver: "receiver.cjs",
        edits: &[
            ("const app = require(", REQUIRE),
            (
                "  console.log('verified', JSON.parse(body).type);\n  return reply.code(200).send();",
                "  return reply.code(await receive(body)).send();",
            ),
            ("port: 3000", "port: Number(process.env.PORT ?? 3000)"),
        ],
        language: &NODE,
        packages: Some(("package.json", include_str!("templates/fastify.json"))),
        command: RUN_NODE,
        next: NPM,
    },
    Framework {
        name: "next",
        title: "Next.js",
        block: "js next",
        receiver: "app/webhook/route.js",
        edits: &[
            ("from 'node:crypto';\n", "from 'node:crypto';\nimport { receive } from '../../events.cjs';\n"),
            (
                "  console.log('verified', JSON.parse(body).type);\n  return new Response(null, { status: 200 });",
                "  return new Response(null, { status: await receive(body) });",
            ),
        ],
        language: &NODE,
        packages: Some(("package.json", include_str!("templates/next.json"))),
        command: "['npm', 'run', 'dev']",
        next: NPM,
    },
    Framework {
        name: "flask",
        title: "Python with Flask",
        block: "python flask",
        receiver: "receiver.py",
        edits: &[
            ("hmac, json, os, time\nfrom", "hmac, os, time\nimport events\nfrom"),
            (
                "    print(\"verified\", json.loads(body)[\"type\"], flush=True)\n    return \"\", 200",
                "    return \"\", events.receive(body)",
            ),
            ("port=3000", "port=int(os.environ.get(\"PORT\", 3000))"),
        ],
        language: &PYTHON,
        packages: Some(("requirements.txt", "flask\n")),
        command: "",
        next: PIP,
    },
    Framework {
        name: "django",
        title: "Python with Django",
        block: "python django",
        receiver: "receiver.py",
        edits: &[
            ("hmac, json, os, sys, time\nfrom", "hmac, os, sys, time\nimport events\nfrom"),
            (
                "    print(\"verified\", json.loads(request.body)[\"type\"], flush=True)\n    return HttpResponse(status=200)",
                "    return HttpResponse(status=events.receive(request.body))",
            ),
            ("\"3000\"", "os.environ.get(\"PORT\", \"3000\")"),
        ],
        language: &PYTHON,
        packages: Some(("requirements.txt", "django\n")),
        command: "",
        next: PIP,
    },
    Framework {
        name: "fastapi",
        title: "Python with FastAPI",
        block: "python fastapi",
        receiver: "receiver.py",
        edits: &[
            ("hmac, json, os, time\nimport uvicorn", "hmac, os, time\nimport events\nimport uvicorn"),
            (
                "    print(\"verified\", json.loads(body)[\"type\"], flush=True)\n    return Response(status_code=200)",
                "    return Response(status_code=events.receive(body))",
            ),
            ("port=3000", "port=int(os.environ.get(\"PORT\", 3000))"),
        ],
        language: &PYTHON,
        packages: Some(("requirements.txt", "fastapi\nuvicorn\n")),
        command: "",
        next: PIP,
    },
    Framework {
        name: "rails",
        title: "Ruby on Rails",
        block: "ruby rails",
        receiver: "config.ru",
        edits: &[
            ("require 'openssl'\n", "require 'openssl'\nrequire_relative 'events'\n"),
            (
                "    warn \"verified #{JSON.parse(body)['type']}\"\n    head :ok",
                "    head Events.receive(body)",
            ),
        ],
        language: &RUBY,
        packages: Some(("Gemfile", "source 'https://rubygems.org'\n\ngem 'puma'\ngem 'rails'\n")),
        command: "puma",
        next: &[
            "bundle install",
            "bundle exec ruby test_receiver.rb",
            "cstar dev --path /webhook -- bundle exec puma",
        ],
    },
    Framework {
        name: "php",
        title: "PHP",
        block: "php",
        receiver: "webhook.php",
        edits: &[
            ("<?php\nfunction", "<?php\nrequire __DIR__ . '/events.php';\n\nfunction"),
            (
                "error_log('verified ' . json_decode($body)->type);\nhttp_response_code(200);",
                "http_response_code(receive($body));",
            ),
        ],
        language: &PHP,
        packages: None,
        command: "",
        next: &["php test.php", "cstar dev --port 3000 --path /webhook -- php -S localhost:3000 webhook.php"],
    },
    Framework {
        name: "go",
        title: "Go",
        block: "go",
        receiver: "receiver.go",
        edits: &[
            ("\t\"encoding/json\"\n\t\"fmt\"\n", ""),
            (
                "\tvar event struct{ Type string }\n\tif json.Unmarshal(body, &event) != nil {\n\t\tw.WriteHeader(http.StatusBadRequest)\n\t\treturn\n\t}\n\tfmt.Println(\"verified\", event.Type)\n",
                "\tw.WriteHeader(process(body))\n",
            ),
            (
                "\thttp.ListenAndServe(\"localhost:3000\", nil)",
                "\tport := os.Getenv(\"PORT\")\n\tif port == \"\" {\n\t\tport = \"3000\"\n\t}\n\thttp.ListenAndServe(\"localhost:\"+port, nil)",
            ),
        ],
        language: &GO,
        packages: Some(("go.mod", "module receiver\n\ngo 1.19\n")),
        command: "",
        next: &["go test ./...", "cstar dev --path /webhook -- go run ."],
    },
];

/// Where the test names the command that starts the server.
const COMMAND: &str = "{{COMMAND}}";

impl Framework {
    /// The files of a project, in the order in which they are read.
    pub(super) fn files(&self) -> Result<Vec<SourceFile>, Failure> {
        let Language { events, test } = self.language;
        let file =
            |(name, text): (&'static str, &str), about| SourceFile { name, about, text: text.to_owned() };
        let mut files = vec![
            SourceFile { name: self.receiver, about: "verifies and answers", text: self.receiver_text()? },
            file(*events, "processes each event once; your work goes here"),
            SourceFile { name: test.0, about: "the test", text: test.1.replace(COMMAND, self.command) },
        ];
        files.extend(self.packages.map(|packages| file(packages, "what it needs")));
        let ignored = "/node_modules/\n/.next/\n__pycache__/\n/processed/\n/processed.db*\n";
        files.push(file((".gitignore", ignored), "what stays out of git"));
        Ok(files)
    }

    /// The code of the topic with the edits.
    fn receiver_text(&self) -> Result<String, Failure> {
        let mut text =
            printed(self.block).ok_or_else(|| Failure::new(Exit::Bug, "the topic has no receiver"))?;
        for (before, after) in self.edits {
            text = text.replacen(before, after, 1);
        }
        Ok(text)
    }
}

/// A block of the topic `receivers`.
fn printed(block: &str) -> Option<String> {
    Topic::named("receivers")?.blocks().into_iter().find_map(|found| match found {
        Block::Code { info, lines } if info == block => Some(lines.join("\n") + "\n"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edit_applies_once() {
        for framework in &FRAMEWORKS {
            let text = printed(framework.block).unwrap();
            for (before, _) in framework.edits {
                assert_eq!(text.matches(before).count(), 1, "{}: {before}", framework.name);
            }
            assert!(!framework.receiver_text().unwrap().contains("verified"), "{}", framework.name);
            let has_place = framework.language.test.1.contains(COMMAND);
            assert_eq!(has_place, !framework.command.is_empty(), "{}", framework.name);
        }
    }

    /// All but the crate, whose users have the library.
    #[test]
    fn every_receiver_of_the_topic_is_offered() {
        let blocks = Topic::named("receivers").unwrap().blocks();
        let printed = blocks.iter().filter_map(|block| match block {
            Block::Code { info, .. } if info != "rust" => Some(info.as_str()),
            _ => None,
        });
        let offered = FRAMEWORKS.iter().map(|framework| framework.block);
        assert_eq!(printed.collect::<Vec<_>>(), offered.collect::<Vec<_>>());
    }
}
