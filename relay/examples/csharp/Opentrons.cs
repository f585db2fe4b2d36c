// Run an Opentrons OT-One through the relay, with C# and no packages.
//
//     dotnet new console -o opentrons; cp Opentrons.cs opentrons/Program.cs
//     dotnet run --project opentrons 192.168.1.50      (the relay's address)
//
// or mcs -r:System.Runtime.Serialization -r:System.Xml.Linq Opentrons.cs with
// Mono. Copy the class Robot into your own program; Main shows how it is used, and
// how Ctrl-C and every error stop the robot before the program ends.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Threading;
using System.Xml;
using System.Xml.Linq;

public sealed class Robot : IDisposable
{
    readonly TcpClient tcp;
    readonly StreamReader lines;
    readonly object sending = new object();
    bool halted;
    volatile bool stopped; // by Ctrl-C

    public string Id { get; private set; }

    // Connects and shakes hands. The robot's driver answers at once, or when
    // the robot is switched on.
    public Robot(string host, int port = 7887)
    {
        tcp = new TcpClient(host, port) { NoDelay = true };
        lines = new StreamReader(tcp.GetStream(), new UTF8Encoding(false));
        XElement answer = WaitFor(m => Text(m, "type") == "handshake");
        string result = Text(answer, "data", "message", "result");
        if (result != "success" && result != "already_connected")
            throw new IOException("no handshake: the driver is full (close other front ends, then restart the robot), or busy");
        Id = Text(answer, "to");
        Send("feedback_on", "true"); // the robot is to say when a motion ends
        Console.CancelKeyPress += Interrupt;
    }

    // The robot goes on with its queue when a program is gone: Ctrl-C stops it at
    // once, and then ends whatever waits for a message.
    void Interrupt(object sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = true; // Main ends the program
        lock (sending)
        {
            Halt();
            stopped = true;
        }
    }

    // Sends a command and does not wait; the robot keeps a queue. The parameter
    // is JSON.
    public void Send(string command, string param = "null", string type = "command")
    {
        byte[] line = Encoding.UTF8.GetBytes(
            "{\"topic\":\"driver\",\"type\":\"" + type + "\",\"name\":\"smoothie\",\"message\":\"" + command + "\",\"param\":" + param + "}\n");
        lock (sending)
        {
            if (stopped) throw new OperationCanceledException(Stopped); // nothing follows the stop
            tcp.GetStream().Write(line, 0, line.Length);
        }
    }

    const string Stopped = "stopped by Ctrl-C; reset_from_halt and home before anything else";

    // Waits for a message that is wanted, and passes over the others.
    public XElement WaitFor(Func<XElement, bool> wanted)
    {
        for (string line; (line = lines.ReadLine()) != null;)
        {
            if (line.Trim() == "") continue;
            byte[] json = Encoding.UTF8.GetBytes(line);
            XElement message = XElement.Load(JsonReaderWriterFactory.CreateJsonReader(json, XmlDictionaryReaderQuotas.Max));
            if (Text(message, "type") == "error")
            {
                string code = Text(message, "data", "message", "error", "code");
                // After a halt, each command that it overtook is refused.
                if (halted && code == "refused") continue;
                throw new IOException(code + ": " + Text(message, "data", "message", "error", "text")
                    + "; your message: " + Text(message, "data", "message", "error", "received"));
            }
            if (stopped) throw new OperationCanceledException(Stopped);
            if (wanted(message)) return message;
        }
        throw new IOException("the relay closed the connection");
    }

    // The text of a value in a message, null where there is none.
    static string Text(XElement message, params string[] path)
    {
        XElement found = Find(message, path);
        return found == null ? null : found.Value;
    }

    static XElement Find(XElement message, params string[] path)
    {
        return path.Aggregate(message, (at, name) => at == null ? null : at.Element(name));
    }

    // Sends a question and returns the part of the answer with that name.
    XElement Ask(string command, string answer, string type = "command")
    {
        Send(command, "null", type);
        return Find(WaitFor(m => Find(m, "data", "message", answer) != null), "data", "message", answer);
    }

    // Waits until the queue is empty and the last motion has ended.
    public void Wait()
    {
        for (;;)
        {
            XElement flow = Ask("flow", "flow", "meta");
            if (Text(flow, "queue_size") == "0" && Text(flow, "ack_received") == "true" && Text(flow, "ack_ready") == "true")
                return;
            Thread.Sleep(100);
        }
    }

    public void Home(string axes = "XYZAB")
    {
        Send("home", "{" + string.Join(",", axes.Select(axis => "\"" + axis + "\":\"true\"")) + "}");
    }

    // In mm: MoveTo(new Position { { "X", 100 }, { "Y", 50 } }).
    public void MoveTo(Position position)
    {
        if (position.Values.Any(v => double.IsNaN(v) || double.IsInfinity(v)))
            throw new ArgumentException("not a place to move to");
        // With a point, whatever the computer's language.
        Send("move_to", "{" + string.Join(",", position.Select(p => "\"" + p.Key + "\":" + p.Value.ToString("0.####", CultureInfo.InvariantCulture))) + "}");
    }

    public Position Positions()
    {
        var position = new Position();
        foreach (XElement axis in Ask("positions", "pos").Elements())
        {
            double value;
            if (double.TryParse(axis.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
                position[axis.Name.LocalName] = value;
        }
        return position;
    }

    // Stops at once. Then ResetFromHalt and Home, before anything else. This is
    // a software stop, and no substitute for the power switch.
    public void Halt()
    {
        halted = true;
        Send("clear_queue", "null", "meta");
        Send("halt");
    }

    public void ResetFromHalt()
    {
        halted = false;
        Send("reset_from_halt", "\"true\"");
    }

    // Leaves, once the relay has read all that was sent. A socket that is closed
    // with something unread takes back what was sent.
    public void Dispose()
    {
        Console.CancelKeyPress -= Interrupt;
        try
        {
            tcp.Client.Shutdown(SocketShutdown.Send);
            while (lines.ReadLine() != null) { }
        }
        catch (IOException) { }
        catch (SocketException) { }
        tcp.Close();
    }

    // A place for each axis, in mm.
    public sealed class Position : Dictionary<string, double> { }
}

public static class Program
{
    public static int Main(string[] args)
    {
        if (args.Length == 0)
        {
            Console.Error.WriteLine("Which relay? Give its address, such as 192.168.1.50.");
            return 2;
        }
        try
        {
            using (var robot = new Robot(args[0], args.Length > 1 ? int.Parse(args[1]) : 7887))
            {
                Console.WriteLine("connected as " + robot.Id);
                try
                {
                    Work(robot);
                }
                catch (OperationCanceledException) { throw; } // it is stopped
                catch
                {
                    try { robot.Halt(); }
                    catch (IOException) { Console.Error.WriteLine("the robot may go on: it could not be stopped"); }
                    throw;
                }
            }
            return 0;
        }
        catch (Exception problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
    }

    static void Work(Robot robot)
    {
        robot.Home();
        robot.Wait();
        Console.WriteLine("home");

        robot.MoveTo(new Robot.Position { { "X", 100 }, { "Y", 50 } });
        robot.MoveTo(new Robot.Position { { "X", 20.5 } });
        robot.Wait();
        Robot.Position at = robot.Positions();
        Console.WriteLine(FormattableString.Invariant($"at X {at["X"]} Y {at["Y"]}"));

        robot.MoveTo(new Robot.Position { { "X", 300 } });
        robot.Halt();
        robot.Wait();
        Console.WriteLine("halted");

        robot.ResetFromHalt();
        robot.Home();
        robot.Wait();
        Console.WriteLine("home again");
    }
}
